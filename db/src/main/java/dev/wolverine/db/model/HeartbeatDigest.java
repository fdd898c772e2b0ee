package dev.wolverine.db.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat says, apart from when it came to us: two beats of one instance and time are the
 * same beat exactly if these bytes are equal, and where they are not, the greater bytes win,
 * whichever came first.
 */
public final class HeartbeatDigest implements Comparable<HeartbeatDigest> {

    private static final int BYTES = 2 + 8 * Integer.BYTES + Long.BYTES;

    private final byte[] bytes;

    private HeartbeatDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Flags are left out: they tell how a beat came in, not what it says. */
    public static HeartbeatDigest of(Heartbeat heartbeat) {
        return new HeartbeatDigest(
                ByteBuffer.allocate(BYTES)
                        .putLong(heartbeat.snapshotHash())
                        .putShort(heartbeat.status().code())
                        .putInt(heartbeat.pid())
                        .putInt(heartbeat.uptimeSeconds())
                        .putInt(heartbeat.memoryMb())
                        .putInt(heartbeat.peakMemoryMb())
                        .putInt(heartbeat.cpuCentiPercent())
                        .putInt(heartbeat.healthyRoutes())
                        .putInt(heartbeat.unhealthyRoutes())
                        .putInt(heartbeat.slowestRouteMicros())
                        .array());
    }

    @Override
    public int compareTo(HeartbeatDigest other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HeartbeatDigest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
