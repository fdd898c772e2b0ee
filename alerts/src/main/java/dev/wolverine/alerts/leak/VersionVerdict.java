package dev.wolverine.alerts.leak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a version grows faster than another one: the medians of their processes' slopes, and the
 * rank sum of Mann and Whitney (1947) with its normal approximation, corrected for ties.
 *
 * @param slopeMbPerHour median of the version's processes
 * @param otherSlopeMbPerHour median of the other's
 * @param probability that equal versions would differ so much, one-sided
 */
public record VersionVerdict(
        String version,
        String other,
        double slopeMbPerHour,
        double otherSlopeMbPerHour,
        int processes,
        int otherProcesses,
        double probability) {

    /** Of either version, for the approximation to hold. */
    static final int LEAST_PROCESSES = 5;

    private static final double MOST_PROBABILITY = 0.01;

    /**
     * Compares a version with that of the others which has most processes.
     *
     * @param slopes of each version's processes
     * @return empty where there are too few
     */
    public static Optional<VersionVerdict> of(String version, Map<String, List<Double>> slopes) {
        List<Double> own = slopes.getOrDefault(version, List.of());
        return slopes.entrySet().stream()
                .filter(other -> !other.getKey().equals(version))
                .filter(other -> other.getValue().size() >= LEAST_PROCESSES)
                .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.size(), b.size())))
                .filter(_ -> own.size() >= LEAST_PROCESSES)
                .map(other ->
                        new VersionVerdict(
                                version,
                                other.getKey(),
                                median(own),
                                median(other.getValue()),
                                own.size(),
                                other.getValue().size(),
                                probability(own, other.getValue())));
    }

    /** Whether this version is to blame. */
    public boolean isWorse() {
        return probability < MOST_PROBABILITY && slopeMbPerHour > otherSlopeMbPerHour;
    }

    /** For a person. */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                isWorse()
                        ? "Version %s grows by %.1f MB an hour (%d processes), %s by %.1f (%d)."
                        : "Version %s grows by %.1f MB an hour (%d processes), no faster than %s with"
                                + " %.1f (%d).",
                version,
                slopeMbPerHour,
                processes,
                other,
                otherSlopeMbPerHour,
                otherProcesses);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** That the first are above the second by chance. */
    static double probability(List<Double> first, List<Double> second) {
        List<Double> all = new ArrayList<>(first);
        all.addAll(second);
        double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double ties = 0;
        for (int i = 0; i < sorted.length; ) {
            int next = i;
            while (next < sorted.length && sorted[next] == sorted[i]) {
                next++;
            }
            double count = next - i;
            ties += count * count * count - count;
            i = next;
        }
        double above = 0;
        double[] others = second.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        for (double value : first) {
            int less = lowerBound(others, value);
            int equal = lowerBound(others, Math.nextUp(value)) - less;
            above += less + equal / 2.0;
        }
        double n = first.size();
        double m = second.size();
        double variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
        return variance <= 0 ? 1 : 1 - normal((above - n * m / 2 - 0.5) / Math.sqrt(variance));
    }

    private static int lowerBound(double[] sorted, double value) {
        int place = Arrays.binarySearch(sorted, value);
        while (place > 0 && sorted[place - 1] == value) {
            place--;
        }
        return place < 0 ? -place - 1 : place;
    }

    /** Distribution of the normal law (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
    private static double normal(double z) {
        double t = 1 / (1 + 0.2316419 * Math.abs(z));
        double tail =
                Math.exp(-z * z / 2)
                        / Math.sqrt(2 * Math.PI)
                        * t
                        * (0.319381530
                                + t
                                        * (-0.356563782
                                                + t
                                                        * (1.781477937
                                                                + t
                                                                        * (-1.821255978
                                                                                + t
                                                                                        * 1.330274429))));
        return z > 0 ? 1 - tail : tail;
    }
}
