package dev.wolverine.query;

import dev.wolverine.db.model.HeartbeatBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A server's heartbeats by client time, in buckets; buckets without a beat are left out, so that
 * gaps stay gaps.
 *
 * @param interval width of a bucket; buckets begin at multiples of it since the epoch
 */
public record HeartbeatSeries(
        Instant from, Instant to, Duration interval, List<HeartbeatBucket> points) {

    /** The widest answer. */
    public static final int MAX_POINTS = 1_000;

    public HeartbeatSeries {
        points = List.copyOf(points);
    }

    /** How many buckets a range touches, its first and its last perhaps only in part. */
    public static long points(Instant from, Instant to, Duration interval) {
        long width = interval.toMillis();
        return Math.floorDiv(to.toEpochMilli() - 1, width)
                - Math.floorDiv(from.toEpochMilli(), width)
                + 1;
    }
}
