package dev.wolverine.alerts.leak;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A leak that restarts hide: every life ends with much memory and the next begins with little.
 *
 * <p>Ordinary crashes end at any height of a warm memory that no longer grows; deploys change the
 * version. Neither counts.
 *
 * @param restarts how many of them are a sign, in {@code withinSeconds}
 * @param fullShare of them that have to be full
 * @param leastEnd memory at the end as a share of the highest
 * @param mostAfter floor of the next life as a share of that end
 * @param leastRise of the floor within a life
 * @param leastTau how evenly the floor of a life rises
 * @param leastLateSlope of the second half of a life as a share of the whole's
 */
record HiddenLeak(
        int restarts,
        int withinSeconds,
        int leastLifeSeconds,
        double fullShare,
        double leastEnd,
        double mostAfter,
        double leastRise,
        double leastTau,
        double leastLateSlope) {

    private static final int SHORT_LIFE_SECONDS = 6_300;
    private static final int SHORT_LIFE_RESTARTS = 3;
    private static final double SHORT_LIFE_RISE = 0.3;
    private static final double EVEN_ENDS = 0.88;
    private static final int OVERLAP_SECONDS = 600;

    /**
     * @param limitMb the lowest memory at which a full life ended
     */
    record Finding(Growth growth, int restarts, double hoursBetween, int limitMb) {}

    Optional<Finding> find(MemoryHistory history) {
        if (history.lifeCount() <= restarts) {
            return Optional.empty();
        }
        List<ProcessLife> lives = history.lives();
        long since = history.newestSecond() - withinSeconds;
        int highest = lives.stream().mapToInt(ProcessLife::maximumMb).max().orElse(0);
        int counted = 0;
        List<ProcessLife> full = new ArrayList<>();
        for (int i = 0; i + 1 < lives.size(); i++) {
            ProcessLife life = lives.get(i);
            ProcessLife next = lives.get(i + 1);
            if (next.firstSecond() < life.lastSecond() - OVERLAP_SECONDS) {
                return Optional.empty();
            }
            if (life.lastSecond() < since || life.version() != next.version()) {
                continue;
            }
            counted++;
            if (isFull(history, life, next, highest)) {
                full.add(life);
            }
        }
        if (full.size() < restarts || full.size() < fullShare * counted || !agree(full)) {
            return Optional.empty();
        }
        return Optional.of(finding(full, counted));
    }

    private boolean isFull(MemoryHistory history, ProcessLife life, ProcessLife next, int highest) {
        int end = life.lateMaximumMb();
        int begin = life.earlyFloorMb();
        int after = next.earlyFloorMb();
        return life.lastSecond() - life.firstSecond() >= leastLifeSeconds
                && begin != Buckets.NONE
                && after != Buckets.NONE
                && end >= leastEnd * highest
                && after <= mostAfter * end
                && life.lateFloorMb() >= (1 + leastRise) * begin
                && stillRises(history.quarters(), life);
    }

    /** Whether it grew to its end, where its floors tell. */
    private boolean stillRises(Buckets ring, ProcessLife life) {
        long first = ring.bucketOf(life.firstSecond()) + 1;
        long last = ring.bucketOf(life.lastSecond()) - 1;
        if (life.lastSecond() - life.firstSecond() < SHORT_LIFE_SECONDS) {
            return life.lateFloorMb() >= (1 + SHORT_LIFE_RISE) * life.earlyFloorMb();
        }
        Floors floors = new Floors(life.tag(), (int) (last - first + 1));
        for (long bucket = Math.max(first, ring.oldest()); bucket <= last; bucket++) {
            if (ring.isOf(bucket, life.tag())) {
                floors.add(bucket - first, ring.floor(bucket));
            }
        }
        if (!floors.covers((last - first) / 2.0)) {
            return false;
        }
        Trend trend = floors.trend();
        return trend.tau() >= leastTau && floors.risesThroughout(trend.slope(), leastLateSlope, 0);
    }

    /** Lives too short for floors have to end alike, and there have to be more of them. */
    private static boolean agree(List<ProcessLife> full) {
        boolean allShort =
                full.stream()
                        .allMatch(life ->
                                life.lastSecond() - life.firstSecond() < SHORT_LIFE_SECONDS);
        int least = full.stream().mapToInt(ProcessLife::lateMaximumMb).min().orElse(0);
        int most = full.stream().mapToInt(ProcessLife::lateMaximumMb).max().orElse(0);
        return !allShort || full.size() >= SHORT_LIFE_RESTARTS && least >= EVEN_ENDS * most;
    }

    private static Finding finding(List<ProcessLife> full, int counted) {
        double[] slopes =
                full.stream()
                        .mapToDouble(life ->
                                (life.lateFloorMb() - life.earlyFloorMb())
                                        * (double) MemoryHistory.HOUR_SECONDS
                                        / (life.lastSecond() - life.firstSecond()))
                        .sorted()
                        .toArray();
        ProcessLife last = full.getLast();
        double[] hours =
                full.stream()
                        .mapToDouble(life ->
                                (life.lastSecond() - life.firstSecond())
                                        / (double) MemoryHistory.HOUR_SECONDS)
                        .sorted()
                        .toArray();
        Growth growth =
                new Growth(
                        slopes[slopes.length / 2],
                        slopes[0],
                        slopes[slopes.length - 1],
                        (last.lastSecond() - last.firstSecond())
                                / (double) MemoryHistory.HOUR_SECONDS,
                        last.earlyFloorMb(),
                        last.lateFloorMb());
        return new Finding(
                growth,
                counted,
                hours[hours.length / 2],
                full.stream().mapToInt(ProcessLife::lateMaximumMb).min().orElse(0));
    }
}
