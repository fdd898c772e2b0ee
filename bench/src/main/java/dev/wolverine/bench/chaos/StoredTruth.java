package dev.wolverine.bench.chaos;

import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.db.postgres.UsageReconciliation;
import java.net.URI;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import redis.clients.jedis.Jedis;

/** What the database itself says of the platform's promises beside the heartbeats. */
final class StoredTruth {
    private static final String SELECT_STRANGERS =
            """
            SELECT s.instance_id, o.name
            FROM servers s JOIN organisations o ON o.id = s.org_id
            WHERE s.instance_id = ANY (?) AND o.name <> ?
            """;

    private static final String SELECT_STORED =
            """
            SELECT s.instance_id, count(*)
            FROM servers s JOIN heartbeats h ON h.server_id = s.id
            WHERE s.instance_id = ANY (?)
            GROUP BY 1
            """;

    private static final String SELECT_KEYS =
            """
            SELECT wanted.id, count(k.id) AS keys,
                   (SELECT count(*) FROM audit_log a WHERE a.action = 'key.create' AND a.target = wanted.id) AS entries
            FROM unnest(?) AS wanted (id) LEFT JOIN keys k ON k.id = wanted.id
            GROUP BY 1
            """;

    private static final String SELECT_SERVERS =
            """
            SELECT o.name, s.instance_id, s.org_id, floor(extract(epoch FROM st.last_seen) * 1000)::bigint AS seen,
                   coalesce(floor(extract(epoch FROM beats.last) * 1000), 0)::bigint AS last, beats.count AS beats
            FROM servers s
            JOIN organisations o ON o.id = s.org_id
            JOIN current_states st ON st.server_id = s.id
            CROSS JOIN LATERAL (SELECT count(*), max(received_at) AS last FROM heartbeats h WHERE h.server_id = s.id) AS beats
            """;

    private final DataSource source;

    StoredTruth(DataSource source) {
        this.source = source;
    }

    /**
     * One server as it is stored.
     *
     * @param seenMillis when its newest beat by client time came, milliseconds since the epoch
     * @param lastMillis when the last of its beats came: an older one may have overtaken it
     */
    record StoredServer(
            String organisation,
            UUID organisationId,
            String id,
            long seenMillis,
            long lastMillis,
            long beats) {

        /** Whether it was last seen then, as far as that can be told from what is stored. */
        boolean wasLastSeen(long millis) {
            return millis >= seenMillis && millis <= Math.max(seenMillis, lastMillis);
        }
    }

    List<StoredServer> servers() throws SQLException {
        List<StoredServer> servers = new ArrayList<>();
        try (Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_SERVERS);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                servers.add(
                        new StoredServer(
                                row.getString("name"),
                                row.getObject("org_id", UUID.class),
                                row.getString("instance_id"),
                                row.getLong("seen"),
                                row.getLong("last"),
                                row.getLong("beats")));
            }
        }
        return servers;
    }

    /** Instances whose beats are another organisation's. */
    Finding organisations(Map<String, ? extends Collection<String>> instancesByOrganisation)
            throws SQLException {
        List<String> strangers = new ArrayList<>();
        for (var entry : instancesByOrganisation.entrySet()) {
            query(
                    SELECT_STRANGERS,
                    entry.getValue(),
                    Optional.of(entry.getKey()),
                    row ->
                            strangers.add(
                                    "%s is of %s (expected: %s)"
                                            .formatted(
                                                    row.getString(1),
                                                    row.getString(2),
                                                    entry.getKey())));
        }
        return Finding.of("organisation", strangers);
    }

    /** Instances that were refused for good, and are stored all the same. */
    Finding resurrected(Collection<String> instances, long acknowledged) throws SQLException {
        List<String> stored = new ArrayList<>();
        query(
                SELECT_STORED,
                instances,
                Optional.empty(),
                row -> stored.add(row.getString(1) + ": " + row.getLong(2) + " beats"));
        if (acknowledged > 0) {
            stored.add(acknowledged + " beats with a revoked key were acknowledged");
        }
        return Finding.of("resurrected", stored);
    }

    /** Usage that is not what brute force over the stored beats makes of it. */
    Finding usage() {
        UsageReconciliation reconciliation = new UsageReconciliation(source);
        List<String> differing = new ArrayList<>();
        long broken = 0;
        int id = 0;
        for (var next = reconciliation.next(id); next.isPresent(); next = reconciliation.next(id)) {
            id = next.get().serverId();
            broken += next.get().differing();
            if (next.get().differing() > 0) {
                differing.add(
                        "server %d: %d of %d rows"
                                .formatted(id, next.get().differing(), next.get().rows()));
            }
        }
        return new Finding("usage", broken, differing);
    }

    /** Chains that do not hold, and keys that were made without exactly one entry. */
    Finding audit(List<String> keysMade) throws SQLException {
        List<String> broken = new ArrayList<>();
        AuditLog log = new AuditLog(source);
        Set<UUID> organisations = new HashSet<>();
        try (Connection connection = source.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT id FROM organisations");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                organisations.add(row.getObject(1, UUID.class));
            }
        }
        for (UUID organisation : organisations) {
            if (log.verify(organisation) instanceof AuditVerdict.Broken(long at, String reason)) {
                broken.add("%s at %d: %s".formatted(organisation, at, reason));
            }
        }
        query(
                SELECT_KEYS,
                keysMade,
                Optional.empty(),
                row -> {
                    if (row.getLong("keys") != 1 || row.getLong("entries") != 1) {
                        broken.add(
                                "key %s: %d rows, %d entries (expected: 1, 1)"
                                        .formatted(
                                                row.getString("id"),
                                                row.getLong("keys"),
                                                row.getLong("entries")));
                    }
                });
        return Finding.of("audit", broken);
    }

    /** Servers that Redis does not hold as the database has them. */
    Finding redis(URI address) throws SQLException {
        List<String> differing = new ArrayList<>();
        Map<UUID, Map<String, Long>> live = new HashMap<>();
        try (Jedis redis = new Jedis(address)) {
            for (StoredServer server : servers()) {
                Long seen =
                        live.computeIfAbsent(server.organisationId(), one -> active(redis, one))
                                .get(server.id());
                if (seen == null || !server.wasLastSeen(seen)) {
                    differing.add(
                            "%s: last beat %s (expected: %d)"
                                    .formatted(server.id(), seen, server.seenMillis()));
                }
            }
        }
        return Finding.of("redis", differing);
    }

    private static Map<String, Long> active(Jedis redis, UUID organisation) {
        Map<String, Long> active = new HashMap<>();
        redis.zrangeWithScores("wolverine:" + organisation + ":servers:active", 0, -1)
                .forEach(one -> active.put(one.getElement(), (long) one.getScore()));
        return active;
    }

    private void query(
            String sql, Collection<String> names, Optional<String> parameter, RowReader reader)
            throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            Array array = connection.createArrayOf("text", names.toArray());
            select.setArray(1, array);
            if (parameter.isPresent()) {
                select.setString(2, parameter.get());
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        }
    }

    /** Takes the current row. */
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
