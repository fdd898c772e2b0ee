package dev.wolverine.db.model;

import java.time.Instant;

/**
 * One heartbeat, decoded: the narrow part that changes with every beat, and the encoded {@link
 * Snapshot} of all that rarely does. Immutable as long as nobody writes into {@link #snapshot()}.
 *
 * @param identity organisation and instance
 * @param timestamp the client's clock, whole milliseconds: with the identity, the beat's key
 * @param receivedAt our clock when its last byte arrived, whole microseconds
 * @param status what the client said of itself
 * @param pid process id of the child, or {@link #ABSENT}
 * @param uptimeSeconds age of the runner, or ABSENT
 * @param memoryMb resident set of the child, megabytes rounded, or ABSENT
 * @param peakMemoryMb highest since the runner started, or ABSENT
 * @param cpuCentiPercent hundredths of a percent of one core, or ABSENT
 * @param healthyRoutes count, or ABSENT
 * @param unhealthyRoutes count, or ABSENT
 * @param slowestRouteMicros average of the slowest route, microseconds, or ABSENT
 * @param flags see {@link HeartbeatFlags}
 * @param snapshot {@link SnapshotCodec}'s encoding
 * @param snapshotHash {@link SnapshotCodec#hash(byte[])} of it
 */
public record Heartbeat(
        Identity identity,
        Instant timestamp,
        Instant receivedAt,
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
        byte[] snapshot,
        long snapshotHash)
        implements LogEntry {

    /** Stands for a number that the instance did not send. */
    public static final int ABSENT = -1;

    /** The same beat with the content of its snapshot, which has to have the hash of this one's. */
    public Heartbeat withSnapshot(byte[] content) {
        return new Heartbeat(
                identity,
                timestamp,
                receivedAt,
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
                content,
                snapshotHash);
    }

    @Override
    public int sizeInMemory() {
        return 250 + snapshot.length;
    }
}
