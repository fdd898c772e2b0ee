package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest known state of one instance: its latest heartbeat in client time with the parts of its
 * snapshot that lists and sums need. Absent numbers are {@link Heartbeat#ABSENT}.
 *
 * @param serverId surrogate key, unique over all organisations
 * @param firstSeen when its first beat arrived, our clock
 * @param lastSeen when its newest beat arrived, our clock: what silence is judged by
 * @param timestamp client time of its latest beat
 * @param cpuCentiPercent hundredths of a percent
 * @param slowestRouteMicros average of the slowest route, microseconds
 * @param instances runners that beat beside each other under this id: 1, unless several share it
 */
public record ServerState(
        int serverId,
        UUID organisationId,
        String instanceId,
        Instant firstSeen,
        Instant lastSeen,
        Instant timestamp,
        ReportedStatus status,
        int pid,
        int uptimeSeconds,
        int memoryMb,
        int peakMemoryMb,
        int cpuCentiPercent,
        int healthyRoutes,
        int unhealthyRoutes,
        int slowestRouteMicros,
        int flags,
        long snapshotHash,
        @Nullable String name,
        @Nullable String version,
        int port,
        int totalRoutes,
        @Nullable String slowestPath,
        long repairs,
        long repairSuccesses,
        long repairFailures,
        long repairCostMicros,
        long tokens,
        long calls,
        long costMicros,
        long cacheSavingsMicros,
        long memories,
        long backups,
        int instances) {

    /**
     * This state after a commit. A late beat changes only when the server was last seen.
     *
     * @param latest of this server
     */
    public ServerState after(LatestBeat latest) {
        Heartbeat beat = latest.heartbeat();
        Instant seen = latest.lastSeen().isAfter(lastSeen) ? latest.lastSeen() : lastSeen;
        if (beat.timestamp().isBefore(timestamp)) {
            return with(seen, latest.instances());
        }
        return beat.snapshotHash() == snapshotHash
                ? withGauges(beat, seen, latest.instances())
                : withAll(beat, seen, latest.instances());
    }

    private ServerState with(Instant seen, int instancesNow) {
        return new ServerState(
                serverId,
                organisationId,
                instanceId,
                firstSeen,
                seen,
                timestamp,
                status,
                pid,
                uptimeSeconds,
                memoryMb,
                peakMemoryMb,
                cpuCentiPercent,
                healthyRoutes,
                unhealthyRoutes,
                slowestRouteMicros,
                flags,
                snapshotHash,
                name,
                version,
                port,
                totalRoutes,
                slowestPath,
                repairs,
                repairSuccesses,
                repairFailures,
                repairCostMicros,
                tokens,
                calls,
                costMicros,
                cacheSavingsMicros,
                memories,
                backups,
                instancesNow);
    }

    private ServerState withGauges(Heartbeat beat, Instant seen, int instancesNow) {
        return new ServerState(
                serverId,
                organisationId,
                instanceId,
                firstSeen,
                seen,
                beat.timestamp(),
                beat.status(),
                beat.pid(),
                beat.uptimeSeconds(),
                beat.memoryMb(),
                beat.peakMemoryMb(),
                beat.cpuCentiPercent(),
                beat.healthyRoutes(),
                beat.unhealthyRoutes(),
                beat.slowestRouteMicros(),
                beat.flags(),
                snapshotHash,
                name,
                version,
                port,
                totalRoutes,
                slowestPath,
                repairs,
                repairSuccesses,
                repairFailures,
                repairCostMicros,
                tokens,
                calls,
                costMicros,
                cacheSavingsMicros,
                memories,
                backups,
                instancesNow);
    }

    private ServerState withAll(Heartbeat beat, Instant seen, int instancesNow) {
        Snapshot snapshot = SnapshotCodec.decodeSums(beat.snapshot());
        Snapshot.Repairs repaired = snapshot.repairs();
        Snapshot.Totals totals = snapshot.totals();
        return new ServerState(
                serverId,
                organisationId,
                instanceId,
                firstSeen,
                seen,
                beat.timestamp(),
                beat.status(),
                beat.pid(),
                beat.uptimeSeconds(),
                beat.memoryMb(),
                beat.peakMemoryMb(),
                beat.cpuCentiPercent(),
                beat.healthyRoutes(),
                beat.unhealthyRoutes(),
                beat.slowestRouteMicros(),
                beat.flags(),
                beat.snapshotHash(),
                snapshot.name(),
                snapshot.version(),
                Math.toIntExact(orAbsent(snapshot.port())),
                Math.toIntExact(orAbsent(snapshot.totalRoutes())),
                snapshot.slowestPath(),
                orAbsent(repaired.total()),
                orAbsent(repaired.successes()),
                orAbsent(repaired.failures()),
                orAbsent(repaired.costMicros()),
                orAbsent(totals.tokens()),
                orAbsent(totals.calls()),
                orAbsent(totals.costMicros()),
                orAbsent(totals.cacheSavingsMicros()),
                orAbsent(snapshot.memories()),
                orAbsent(snapshot.backups().total()),
                instancesNow);
    }

    private static long orAbsent(@Nullable Long value) {
        return value == null ? Heartbeat.ABSENT : value;
    }
}
