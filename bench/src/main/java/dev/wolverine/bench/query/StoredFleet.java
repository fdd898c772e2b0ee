package dev.wolverine.bench.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Puts a fleet and its beats into a platform's database without the platform: what is measured is
 * how it answers. Beats lie as they would have come, all servers' of a minute beside each other.
 */
final class StoredFleet {

    /** So many servers a word to those who follow the commits. */
    private static final int SERVERS_A_COMMIT = 5_000;

    private static final String INSERT_SERVERS =
            """
            INSERT INTO servers (org_id, instance_id, first_seen)
            SELECT id, 'wlv_bench' || lpad(n::text, 7, '0'), now() - interval '40 days'
            FROM generate_series(?, ?) AS n, (SELECT id FROM organisations ORDER BY created_at LIMIT 1) AS organisation
            """;

    /** Last seen later than now, so that nobody falls silent while it is measured. */
    private static final String INSERT_STATES =
            """
            INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, pid, uptime_s, memory_mb,
                peak_memory_mb, cpu_centi_percent, routes_healthy, routes_unhealthy, slowest_us, flags, name, version, port,
                routes_total, slowest_path, repairs_total, repairs_succeeded, repairs_failed, repair_cost_micros, tokens, calls,
                cost_micros, cache_savings_micros, memories, backups)
            SELECT id, org_id, now() + interval '2 hours', now(), 0, 1, id, 86400 + hash % 1000000, 80 + hash % 900, 1000,
                hash % 10000, 8 - (hash % 97 = 0)::integer, (hash % 97 = 0)::integer, 1000 + hash % 90000, 0,
                (ARRAY['shop', 'cart', 'search', 'pay', 'mail'])[1 + hash % 5] || '-' || lpad((hash % 1000000)::text, 6, '0'),
                '5.' || hash % 7 || '.' || hash % 13, 3000, 8, '/cart', hash % 50, hash % 40, hash % 10, hash % 1000000,
                hash % 90000000, hash % 10000, hash % 70000000, hash % 100000, hash % 300, hash % 20
            FROM (SELECT id, org_id, abs(hashint4(id))::bigint AS hash FROM servers) AS server
            WHERE NOT EXISTS (SELECT FROM server_states WHERE server_id = id)
            """;

    private static final String INSERT_BEATS =
            """
            INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, pid, uptime_s, memory_mb, peak_memory_mb,
                cpu_centi_percent, routes_healthy, routes_unhealthy, slowest_us, flags, status)
            SELECT at, at, 0, id, id, 86400, 80 + (id + extract(epoch FROM at)::bigint / 60) % 900, 1000,
                (id * 7 + extract(epoch FROM at)::bigint) % 10000, 8, 0, 1000, 0, 1
            FROM generate_series(?::timestamptz, ?::timestamptz - interval '1 minute', interval '1 minute') AS at
            CROSS JOIN generate_series(?::integer, ?::integer) AS id
            ORDER BY at, id
            """;

    private static final String INSERT_COMMITS =
            """
            INSERT INTO commits (server_ids, first_ts, heartbeats)
            SELECT array_agg(id), now(), 0 FROM servers WHERE id >= ? AND id < ?
            """;

    private final Connection connection;

    /**
     * @param connection of a superuser: the rows are of an organisation
     */
    StoredFleet(Connection connection) {
        this.connection = connection;
    }

    /** Servers with these numbers, as the index shows them; of each the newest state alone. */
    void addServers(int first, int last) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_SERVERS)) {
            insert.setInt(1, first);
            insert.setInt(2, last);
            insert.executeUpdate();
        }
        try (Statement insert = connection.createStatement()) {
            insert.executeUpdate(INSERT_STATES);
            insert.execute("ANALYZE servers, server_states");
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_COMMITS)) {
            for (int id = first; id <= last; id += SERVERS_A_COMMIT) {
                insert.setInt(1, id);
                insert.setInt(2, id + SERVERS_A_COMMIT);
                insert.executeUpdate();
            }
        }
    }

    /** A beat a minute of these servers, over the time until a moment. */
    void addBeats(int first, int last, Duration time, Instant until) throws SQLException {
        Instant at = until.minus(time);
        while (at.isBefore(until)) {
            Instant next = at.plus(Duration.ofMinutes(30));
            Instant end = next.isBefore(until) ? next : until;
            try (PreparedStatement insert = connection.prepareStatement(INSERT_BEATS)) {
                insert.setObject(1, utc(at));
                insert.setObject(2, utc(end));
                insert.setInt(3, first);
                insert.setInt(4, last);
                insert.executeUpdate();
            }
            at = end;
        }
        try (Statement vacuum = connection.createStatement()) {
            // As the database would have done by itself by then.
            vacuum.execute("VACUUM ANALYZE heartbeats");
            vacuum.execute("CHECKPOINT");
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
