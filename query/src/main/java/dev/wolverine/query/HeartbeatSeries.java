package dev.wolverine.query;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A server's heartbeats by client time, in buckets; buckets without a beat are left out, so that
 * gaps stay gaps.
 *
 * @param interval width of a bucket; buckets begin at multiples of it since the epoch
 */
public record HeartbeatSeries(Instant from, Instant to, Duration interval, List<Point> points) {

    /** The widest answer. */
    public static final int MAX_POINTS = 1_000;

    /**
     * One bucket. Numbers are over the beats of the bucket; -1 where none of them sent it.
     *
     * @param beats how many it holds
     * @param slowestRouteMicros highest average of the slowest route, microseconds
     * @param uptimeSeconds of the last beat
     */
    public record Point(
            Instant time,
            int beats,
            int memoryMbMin,
            double memoryMbAverage,
            int memoryMbMax,
            double cpuPercentAverage,
            double cpuPercentMax,
            int unhealthyRoutesMax,
            int slowestRouteMicros,
            int uptimeSeconds) {}
}
