package dev.wolverine.query.analytics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether an hour was far dearer than the same hour of the weeks before.
 *
 * <p>Robust z: the distance to the median of the same hour of the last four weeks, and of the hours
 * beside it, in median absolute deviations (times 1.4826). An hour stands out with z over 5 and an
 * excess of a dollar and of a fifth of the median day at least; it is an anomaly if two of the last
 * three hours stood out, this one among them.
 *
 * <p>Pure and thread-safe. Money is in micro-dollars.
 */
public final class CostAnomalyRule {

    /** What is to be given as history before the hour that is judged. */
    public static final Duration HISTORY = Duration.ofDays(28).plusHours(4);

    private static final Duration LEAST = Duration.ofDays(7);
    private static final double LIMIT = 5;
    private static final double NORMAL = 1.4826;
    private static final long LEAST_EXCESS = 1_000_000;
    private static final int WEEKS = 4;
    private static final Duration HOUR = Duration.ofHours(1);

    /**
     * Of an hour.
     *
     * @param expectedMicros the median
     * @param z 1,000 at most
     */
    public record Verdict(long costMicros, long expectedMicros, double z, boolean standsOut) {}

    /**
     * Whether an hour is an anomaly, and how much; empty if it is none.
     *
     * @param spend by the start of each quarter, zero ones left out
     * @param since the first that was ever spent: with less than a week nothing is usual
     * @param hour its start
     */
    public Optional<Verdict> judge(SortedMap<Instant, Long> spend, Instant since, Instant hour) {
        if (Duration.between(since, hour).compareTo(LEAST) < 0) {
            return Optional.empty();
        }
        TreeMap<Instant, Long> hours = new TreeMap<>();
        spend.forEach((at, micros) -> hours.merge(Step.floor(at, HOUR), micros, Long::sum));
        Verdict verdict = verdict(hours, since, hour);
        if (!verdict.standsOut()) {
            return Optional.empty();
        }
        boolean again =
                verdict(hours, since, hour.minus(HOUR)).standsOut()
                        || verdict(hours, since, hour.minus(HOUR.multipliedBy(2))).standsOut();
        return again ? Optional.of(verdict) : Optional.empty();
    }

    private static Verdict verdict(Map<Instant, Long> hours, Instant since, Instant hour) {
        long cost = hours.getOrDefault(hour, 0L);
        List<Double> usual = new ArrayList<>();
        for (int week = 1; week <= WEEKS; week++) {
            for (int beside = -1; beside <= 1; beside++) {
                Instant at = hour.minus(Duration.ofDays(7L * week)).plus(HOUR.multipliedBy(beside));
                if (!at.isBefore(Step.floor(since, HOUR))) {
                    usual.add((double) hours.getOrDefault(at, 0L));
                }
            }
        }
        if (usual.isEmpty()) {
            return new Verdict(cost, 0, 0, false);
        }
        double median = median(usual);
        double deviation =
                NORMAL * median(usual.stream().map(value -> Math.abs(value - median)).toList());
        double excess = cost - median;
        // Hours that are always the same have no deviation: a twentieth of them stands for it.
        double scale = Math.max(deviation, Math.max(median / 20, 1));
        double z = Math.clamp(excess / scale, -1_000, 1_000);
        double least = Math.max(LEAST_EXCESS, medianDay(hours, since, hour) / 5);
        return new Verdict(cost, Math.round(median), z, z > LIMIT && excess >= least);
    }

    private static double medianDay(Map<Instant, Long> hours, Instant since, Instant hour) {
        List<Double> days = new ArrayList<>();
        for (int day = 1; day <= 7 * WEEKS; day++) {
            Instant start = hour.minus(Duration.ofDays(day));
            if (start.isBefore(since)) {
                break;
            }
            double sum = 0;
            for (int i = 0; i < 24; i++) {
                sum += hours.getOrDefault(start.plus(HOUR.multipliedBy(i)), 0L);
            }
            days.add(sum);
        }
        return days.isEmpty() ? 0 : median(days);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
