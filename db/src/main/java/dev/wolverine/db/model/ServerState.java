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
        int instances) {}
