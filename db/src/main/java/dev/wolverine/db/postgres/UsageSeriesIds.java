package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.SeriesKey;
import dev.wolverine.db.ledger.UsageDimension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Ids of what usage is broken down by, made when first used, as many as an organisation may have.
 * What comes beyond is not remembered, and takes the id of {@link UsageLimits#OTHER}. Two writers
 * at once can exceed a limit by what one batch brings.
 *
 * <p>What a transaction resolves enters the cache only through {@link #remember}, after its commit.
 */
final class UsageSeriesIds {

    private static final String SELECT =
            """
            SELECT s.org_id, s.dimension, s.key, s.category, s.id
            FROM unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[]) AS wanted (org_id, dimension, key, category)
            JOIN usage_series s ON s.org_id = wanted.org_id AND s.dimension = wanted.dimension
                AND s.key = wanted.key AND s.category = wanted.category
            """;

    private static final String COUNT =
            "SELECT count(*) FROM usage_series WHERE org_id = ? AND dimension = ?";

    private static final String INSERT =
            """
            INSERT INTO usage_series (org_id, dimension, key, category)
            SELECT * FROM unnest(?::uuid[], ?::smallint[], ?::text[], ?::text[])
            ON CONFLICT DO NOTHING
            """;

    private final Cache<Name, Integer> cache;
    private final ToIntFunction<UsageDimension> limits;

    UsageSeriesIds(int maxCached, UsageLimits limits) {
        cache = Caffeine.newBuilder().maximumSize(maxCached).build();
        this.limits = limits::max;
    }

    /** A series of an organisation. */
    record Name(UUID organisationId, SeriesKey key) implements Comparable<Name> {
        Name other() {
            boolean isPair = key.dimension() == UsageDimension.MODEL_CATEGORY;
            return new Name(
                    organisationId,
                    new SeriesKey(
                            key.dimension(), UsageLimits.OTHER, isPair ? UsageLimits.OTHER : ""));
        }

        @Override
        public int compareTo(Name other) {
            int order = organisationId.compareTo(other.organisationId);
            return order == 0 ? key.compareTo(other.key) : order;
        }
    }

    /**
     * Of all names; one that found no room has the id of {@link Name#other()}.
     *
     * @param overflowed how many found no room
     */
    record Resolved(Map<Name, Integer> ids, int overflowed) {
        static final Resolved NONE = new Resolved(Map.of(), 0);
    }

    /** The ids of all these, inside the transaction of this connection. */
    Resolved resolve(Connection connection, Collection<Name> names) throws SQLException {
        Map<Name, Integer> ids = new HashMap<>();
        TreeSet<Name> missing = new TreeSet<>();
        for (Name name : names) {
            Integer id = cache.getIfPresent(name);
            if (id == null) {
                missing.add(name);
            } else {
                ids.put(name, id);
            }
        }
        if (missing.isEmpty()) {
            return new Resolved(ids, 0);
        }
        select(connection, missing, ids);
        missing.removeAll(ids.keySet());
        TreeSet<Name> admitted = admitted(connection, missing);
        TreeSet<Name> overflowing = new TreeSet<>(missing);
        overflowing.removeAll(admitted);
        overflowing.forEach(name -> admitted.add(name.other()));
        if (!admitted.isEmpty()) {
            insert(connection, admitted);
            select(connection, admitted, ids);
        }
        for (Name name : overflowing) {
            Integer other = ids.get(name.other());
            if (other != null) {
                ids.put(name, other);
            }
        }
        return new Resolved(ids, overflowing.size());
    }

    /** Overflowing names are left out: there may be any number of them. */
    void remember(Resolved resolved) {
        resolved.ids()
                .forEach((name, id) -> {
                    if (!id.equals(resolved.ids().get(name.other())) || name.equals(name.other())) {
                        cache.put(name, id);
                    }
                });
    }

    private TreeSet<Name> admitted(Connection connection, TreeSet<Name> missing)
            throws SQLException {
        TreeSet<Name> admitted = new TreeSet<>();
        Map<Name, Integer> room = new HashMap<>();
        for (Name name : missing) {
            Integer left = room.get(name.other());
            if (left == null) {
                left = limits.applyAsInt(name.key().dimension()) - count(connection, name);
            }
            if (left > 0) {
                admitted.add(name);
            }
            room.put(name.other(), left - 1);
        }
        return admitted;
    }

    private static int count(Connection connection, Name name) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(COUNT)) {
            count.setObject(1, name.organisationId());
            count.setInt(2, name.key().dimension().code());
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static void select(
            Connection connection, Collection<Name> names, Map<Name, Integer> ids)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            bind(connection, select, names);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.put(
                            new Name(
                                    rows.getObject(1, UUID.class),
                                    new SeriesKey(
                                            UsageDimension.ofCode(rows.getInt(2)),
                                            rows.getString(3),
                                            rows.getString(4))),
                            rows.getInt(5));
                }
            }
        }
    }

    private static void insert(Connection connection, Collection<Name> names) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            bind(connection, insert, names);
            insert.executeUpdate();
        }
    }

    private static void bind(
            Connection connection, PreparedStatement statement, Collection<Name> all)
            throws SQLException {
        List<Name> names = List.copyOf(all);
        statement.setArray(
                1,
                connection.createArrayOf(
                        "uuid", names.stream().map(Name::organisationId).toArray()));
        statement.setArray(
                2,
                connection.createArrayOf(
                        "smallint",
                        names.stream().map(name -> name.key().dimension().code()).toArray()));
        statement.setArray(
                3,
                connection.createArrayOf(
                        "text", names.stream().map(name -> name.key().key()).toArray()));
        statement.setArray(
                4,
                connection.createArrayOf(
                        "text", names.stream().map(name -> name.key().category()).toArray()));
    }
}
