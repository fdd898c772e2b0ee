package dev.wolverine.alerts.leak;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What growth over one window has to be like, to be told from what healthy memory does.
 *
 * @param buckets length of the window
 * @param covered share of it that has to have floors
 * @param skipSeconds of each process's life, which are its warm-up
 * @param leastTau how even
 * @param leastMb how much over the window
 * @param leastShare how much, as a share of the floor at its beginning
 * @param leastYoungShare the same where yesterday is not there to compare with
 * @param leastLateSlope second half's slope as a share of the whole's
 * @param leastThirdSlope slope of each third as a share of the whole's
 * @param againstBefore whether the window before, and yesterday's same hours, have a say
 */
record GrowthWindow(
        int buckets,
        double covered,
        int skipSeconds,
        double leastTau,
        double leastMb,
        double leastShare,
        double leastYoungShare,
        double leastLateSlope,
        double leastThirdSlope,
        boolean againstBefore) {

    private static final double BUCKET_COVERED = 0.5;
    private static final double LEAST_OF_BEFORE = 0.6;
    private static final double LEAST_ABOVE_YESTERDAY = 0.6;
    private static final int HOUR = MemoryHistory.HOUR_SECONDS;

    /** The growth in the window that ends before {@code end}; empty if it is none that counts. */
    Optional<Growth> growth(MemoryHistory history, Buckets ring, long end) {
        Floors floors = floors(history, ring, end, buckets);
        if (floors == null || !floors.covers(covered * buckets) || !floors.mayGrow(leastMb / 2)) {
            return Optional.empty();
        }
        Trend trend = floors.trend();
        double growth = trend.slope() * floors.span();
        double base = floors.first();
        double hours = ring.bucketSeconds() / (double) HOUR;
        if (trend.tau() < leastTau
                || growth < Math.max(leastMb, leastShare * base)
                || !floors.risesThroughout(trend.slope(), leastLateSlope, leastThirdSlope)) {
            return Optional.empty();
        }
        if (againstBefore && !standsOut(history, ring, end, floors, trend.slope(), growth, base)) {
            return Optional.empty();
        }
        return Optional.of(
                new Growth(
                        trend.slope() / hours,
                        trend.lowSlope() / hours,
                        trend.highSlope() / hours,
                        floors.span() * hours,
                        (int) Math.round(base),
                        (int) Math.round(base + growth)));
    }

    private boolean standsOut(
            MemoryHistory history,
            Buckets ring,
            long end,
            Floors floors,
            double slope,
            double growth,
            double base) {
        Floors before = floors(history, ring, end - buckets, buckets);
        if (before != null && before.life() == floors.life() && before.covers(covered * buckets)) {
            double slopeBefore = before.trend().slope();
            if (slope < LEAST_OF_BEFORE * slopeBefore) {
                return false;
            }
        }
        double yesterday = aboveYesterday(history, ring, end, floors.life());
        return Double.isNaN(yesterday)
                ? growth >= leastYoungShare * base
                : yesterday >= LEAST_ABOVE_YESTERDAY * growth;
    }

    /** Megabytes above the same hours of yesterday; NaN if they are not of the same process. */
    private static double aboveYesterday(MemoryHistory history, Buckets ring, long end, byte life) {
        Buckets hours = history.hours();
        long last = Math.floorDiv(end * ring.bucketSeconds(), HOUR) - 1;
        double sum = 0;
        int count = 0;
        for (long hour = last; hour > last - 2; hour--) {
            if (hours.isOf(hour, life) && hours.isOf(hour - 24, life)) {
                sum += hours.floor(hour) - hours.floor(hour - 24);
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }

    /** The floors of the process that the window ends with; null if it does not end with one. */
    private @Nullable Floors floors(MemoryHistory history, Buckets ring, long end, int length) {
        byte life = ring.life(end - 1) == 0 ? ring.life(end - 2) : ring.life(end - 1);
        if (life == 0) {
            return null;
        }
        long begin = Math.max(end - length, ring.oldest());
        ProcessLife present = history.life(life);
        if (present != null) {
            long warm = present.firstSecond() + skipSeconds;
            begin = Math.max(begin, Math.floorDiv(warm, ring.bucketSeconds()) + 1);
        }
        int most = 0;
        long first = end;
        for (long bucket = end - 1; bucket >= begin; bucket--) {
            if (ring.isOf(bucket, life)) {
                most = Math.max(most, ring.count(bucket));
                first = bucket;
            } else if (ring.floor(bucket) != Buckets.NONE) {
                break;
            }
        }
        Floors floors = new Floors(life, (int) Math.max(0, end - first));
        for (long bucket = first; bucket < end; bucket++) {
            if (ring.isOf(bucket, life) && ring.count(bucket) >= BUCKET_COVERED * most) {
                floors.add(bucket - first, ring.floor(bucket));
            }
        }
        return floors;
    }
}
