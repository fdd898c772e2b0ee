package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the newest beat of each server, by client time, and when any of its beats came last, by
 * ours. Holds the server's row, for the rest of the transaction, against other writers.
 */
final class UpsertServerStates {

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_server_states (LIKE server_states INCLUDING DEFAULTS) ON COMMIT DELETE ROWS";

    private static final String COLUMNS =
            """
            server_id, org_id, last_seen, ts, snapshot_hash, status, pid, uptime_s, memory_mb, peak_memory_mb,
            cpu_centi_percent, routes_healthy, routes_unhealthy, slowest_us, flags, name, version, port, routes_total,
            slowest_path, repairs_total, repairs_succeeded, repairs_failed, repair_cost_micros, tokens, calls, cost_micros,
            cache_savings_micros, memories, backups
            """;

    private static final String UPSERT =
            "INSERT INTO server_states AS stored ("
                    + COLUMNS
                    + ") SELECT "
                    + COLUMNS
                    + """
                    FROM staged_server_states
                    ON CONFLICT (server_id) DO UPDATE SET
                        last_seen = greatest(stored.last_seen, excluded.last_seen), ts = excluded.ts,
                        snapshot_hash = excluded.snapshot_hash, status = excluded.status, pid = excluded.pid,
                        uptime_s = excluded.uptime_s, memory_mb = excluded.memory_mb, peak_memory_mb = excluded.peak_memory_mb,
                        cpu_centi_percent = excluded.cpu_centi_percent, routes_healthy = excluded.routes_healthy,
                        routes_unhealthy = excluded.routes_unhealthy, slowest_us = excluded.slowest_us, flags = excluded.flags,
                        name = excluded.name, version = excluded.version, port = excluded.port,
                        routes_total = excluded.routes_total, slowest_path = excluded.slowest_path,
                        repairs_total = excluded.repairs_total, repairs_succeeded = excluded.repairs_succeeded,
                        repairs_failed = excluded.repairs_failed, repair_cost_micros = excluded.repair_cost_micros,
                        tokens = excluded.tokens, calls = excluded.calls, cost_micros = excluded.cost_micros,
                        cache_savings_micros = excluded.cache_savings_micros, memories = excluded.memories,
                        backups = excluded.backups, revision = stored.revision + 1
                    WHERE excluded.ts >= stored.ts
                    RETURNING server_id, revision
                    """;

    private static final String TOUCH =
            """
            UPDATE server_states AS stored
            SET last_seen = greatest(stored.last_seen, staged.last_seen), revision = stored.revision + 1
            FROM staged_server_states AS staged
            WHERE stored.server_id = staged.server_id AND stored.ts > staged.ts
            RETURNING stored.server_id, stored.revision
            """;

    private final BinaryCopy copy = new BinaryCopy();

    /** The newest of a server's beats in a batch, and when the last of them came. */
    record Latest(int serverId, Heartbeat heartbeat, Instant lastSeen) {}

    /**
     * At most one a server, ascending, so that two transactions lock in one order. Counts up, and
     * returns, each server's revision: 0 for one that is new.
     */
    Map<Integer, Long> execute(Connection connection, Collection<Latest> latest)
            throws SQLException {
        copy.clear();
        for (Latest state : latest) {
            stage(state);
        }
        copy.send(connection, "staged_server_states (" + COLUMNS + ")");
        Map<Integer, Long> revisions = HashMap.newHashMap(latest.size());
        read(connection, UPSERT, revisions);
        if (revisions.size() < latest.size()) {
            read(connection, TOUCH, revisions);
        }
        return revisions;
    }

    private static void read(Connection connection, String sql, Map<Integer, Long> revisions)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                revisions.put(rows.getInt(1), rows.getLong(2));
            }
        }
    }

    private void stage(Latest state) {
        Heartbeat heartbeat = state.heartbeat();
        Snapshot snapshot = SnapshotCodec.decodeSums(heartbeat.snapshot());
        Snapshot.Repairs repairs = snapshot.repairs();
        Snapshot.Totals totals = snapshot.totals();
        copy.row(30);
        copy.int4(state.serverId());
        copy.uuid(heartbeat.identity().organisationId());
        copy.timestamptz(state.lastSeen());
        copy.timestamptz(heartbeat.timestamp());
        copy.int8(heartbeat.snapshotHash());
        copy.int2(heartbeat.status().code());
        copy.int4OrNull(heartbeat.pid());
        copy.int4OrNull(heartbeat.uptimeSeconds());
        copy.int4OrNull(heartbeat.memoryMb());
        copy.int4OrNull(heartbeat.peakMemoryMb());
        copy.int4OrNull(heartbeat.cpuCentiPercent());
        copy.int4OrNull(heartbeat.healthyRoutes());
        copy.int4OrNull(heartbeat.unhealthyRoutes());
        copy.int4OrNull(heartbeat.slowestRouteMicros());
        copy.int4(heartbeat.flags());
        copy.textOrNull(snapshot.name());
        copy.textOrNull(snapshot.version());
        copy.int4OrNull(
                snapshot.port() == null ? Heartbeat.ABSENT : Math.toIntExact(snapshot.port()));
        copy.int4OrNull(
                snapshot.totalRoutes() == null
                        ? Heartbeat.ABSENT
                        : Math.toIntExact(snapshot.totalRoutes()));
        copy.textOrNull(snapshot.slowestPath());
        copy.int8OrNull(repairs.total());
        copy.int8OrNull(repairs.successes());
        copy.int8OrNull(repairs.failures());
        copy.int8OrNull(repairs.costMicros());
        copy.int8OrNull(totals.tokens());
        copy.int8OrNull(totals.calls());
        copy.int8OrNull(totals.costMicros());
        copy.int8OrNull(totals.cacheSavingsMicros());
        copy.int8OrNull(snapshot.memories());
        copy.int8OrNull(snapshot.backups().total());
    }
}
