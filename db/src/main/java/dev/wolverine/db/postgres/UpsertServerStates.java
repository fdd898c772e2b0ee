package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the newest beat of each server, by client time, and when any of its beats came last, by
 * ours. Not each one: `current_states` takes gauges from the beats.
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
                        backups = excluded.backups
                    """;

    private static final String TOUCH =
            """
            UPDATE server_states AS stored
            SET last_seen = greatest(stored.last_seen, late.last_seen)
            FROM unnest(?::integer[], ?::timestamptz[]) AS late (server_id, last_seen)
            WHERE stored.server_id = late.server_id
            """;

    private final BinaryCopy copy = new BinaryCopy();

    /**
     * Stores the state of those servers whose newest beat changes more than gauges, and when the
     * late beats of others came.
     *
     * @param servers with changed beats, by id
     */
    void execute(Connection connection, List<ServerBeats> servers) throws SQLException {
        copy.clear();
        boolean isAny = false;
        List<ServerBeats> late = new ArrayList<>();
        for (ServerBeats server : servers) {
            if (!isNewest(server)) {
                late.add(server);
            } else if (!server.replaced().isEmpty()
                    || server.known().isOutdatedBy(server.latest())) {
                isAny = true;
                server.restated();
                stage(server);
            }
        }
        if (isAny) {
            copy.send(connection, "staged_server_states (" + COLUMNS + ")");
            try (Statement upsert = connection.createStatement()) {
                upsert.executeUpdate(UPSERT);
            }
        }
        if (!late.isEmpty()) {
            touch(connection, late);
        }
    }

    private static boolean isNewest(ServerBeats server) {
        KnownServer known = server.known();
        long millis = server.latest().timestamp().toEpochMilli();
        return millis >= known.ledger().head().lastMillis()
                && (known.state() == null || millis >= known.state().millis());
    }

    private static void touch(Connection connection, List<ServerBeats> late) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(TOUCH)) {
            update.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", late.stream().map(ServerBeats::serverId).toArray()));
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "timestamptz",
                            late.stream().map(server -> server.lastSeen().toString()).toArray()));
            update.executeUpdate();
        }
    }

    private void stage(ServerBeats server) {
        Heartbeat heartbeat = server.latest();
        Snapshot snapshot = SnapshotCodec.decodeSums(heartbeat.snapshot());
        Snapshot.Repairs repairs = snapshot.repairs();
        Snapshot.Totals totals = snapshot.totals();
        copy.row(30);
        copy.int4(server.serverId());
        copy.uuid(heartbeat.identity().organisationId());
        copy.timestamptz(server.lastSeen());
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
