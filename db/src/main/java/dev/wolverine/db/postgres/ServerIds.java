package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Surrogate ids of servers, made on their first beat. */
final class ServerIds {

    private static final Comparator<Identity> ONE_ORDER_FOR_LOCKS =
            Comparator.comparing(Identity::organisationId).thenComparing(Identity::instanceId);

    private static final String INSERT =
            """
            INSERT INTO servers (org_id, instance_id, first_seen)
            SELECT org_id, instance_id, ?
            FROM unnest(?::uuid[], ?::text[]) AS new (org_id, instance_id)
            ORDER BY org_id, instance_id
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT =
            """
            SELECT servers.org_id, servers.instance_id, servers.id
            FROM unnest(?::uuid[], ?::text[]) AS wanted (org_id, instance_id)
            JOIN servers ON servers.org_id = wanted.org_id AND servers.instance_id = wanted.instance_id
            """;

    private ServerIds() {}

    /** The ids of all these, inside the transaction of this connection. */
    static Map<Identity, Integer> resolve(
            Connection connection, Collection<Identity> identities, Instant firstSeen)
            throws SQLException {
        Map<Identity, Integer> ids = HashMap.newHashMap(identities.size());
        select(connection, identities, ids);
        if (ids.size() < identities.size()) {
            TreeSet<Identity> missing = new TreeSet<>(ONE_ORDER_FOR_LOCKS);
            missing.addAll(identities);
            missing.removeAll(ids.keySet());
            insert(connection, missing, firstSeen);
            select(connection, missing, ids);
        }
        return ids;
    }

    private static void insert(
            Connection connection, Collection<Identity> missing, Instant firstSeen)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setTimestamp(1, Timestamp.from(firstSeen));
            bind(connection, insert, 2, missing);
            insert.executeUpdate();
        }
    }

    private static void select(
            Connection connection, Collection<Identity> missing, Map<Identity, Integer> ids)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            bind(connection, select, 1, missing);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.put(
                            new Identity(rows.getObject(1, UUID.class), rows.getString(2)),
                            rows.getInt(3));
                }
            }
        }
    }

    private static void bind(
            Connection connection, PreparedStatement statement, int first, Collection<Identity> all)
            throws SQLException {
        List<Identity> identities = List.copyOf(all);
        statement.setArray(
                first,
                connection.createArrayOf(
                        "uuid", identities.stream().map(Identity::organisationId).toArray()));
        statement.setArray(
                first + 1,
                connection.createArrayOf(
                        "text", identities.stream().map(Identity::instanceId).toArray()));
    }
}
