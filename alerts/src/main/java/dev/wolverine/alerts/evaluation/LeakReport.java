package dev.wolverine.alerts.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What a rule made of many series. Rates without anything to count are 1, alarms without days 0.
 */
public record LeakReport(List<LeakOutcome> outcomes) {

    private static final double[] BANDS = {0, 2, 5, 10, 30, 90, Double.POSITIVE_INFINITY};

    public LeakReport {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * Leaks of one range of slopes.
     *
     * @param fromMbPerHour inclusive
     * @param toMbPerHour exclusive
     * @param medianDelayHours of those detected; empty if none was
     */
    public record Band(
            double fromMbPerHour,
            double toMbPerHour,
            long leaks,
            long detected,
            OptionalDouble medianDelayHours) {}

    /** One kind of series: what the table shows. */
    public record Kind(
            String name, long series, long detected, long falseAlarms, double healthyDays) {}

    /** Leaks found, of these and all false alarms. */
    public double precision() {
        return ratio(detected(), detected() + falseAlarms());
    }

    /** Leaks found, of all. */
    public double recall() {
        return ratio(detected(), leaking());
    }

    /** The same of leaks that no restart hides, at or above a slope. */
    public double recallUnmasked(double leastMbPerHour) {
        List<LeakOutcome> leaks =
                leaks().filter(outcome ->
                                !outcome.series().masked()
                                        && outcome.slopeMbPerHour().orElse(0) >= leastMbPerHour)
                        .toList();
        return ratio(leaks.stream().filter(LeakOutcome::detected).count(), leaks.size());
    }

    public double alarmsPerHealthyServerDay() {
        double days = healthyDays();
        return days == 0 ? 0 : falseAlarms() / days;
    }

    public long leaking() {
        return leaks().count();
    }

    public long healthy() {
        return outcomes.size() - leaking();
    }

    public long detected() {
        return leaks().filter(LeakOutcome::detected).count();
    }

    public long falseAlarms() {
        return outcomes.stream().mapToLong(LeakOutcome::falseAlarms).sum();
    }

    public double healthyDays() {
        return outcomes.stream().mapToDouble(LeakOutcome::healthyDays).sum();
    }

    /** Those that hold a leak; leaks of unknown slope are in none. */
    public List<Band> bands() {
        Stream.Builder<Band> bands = Stream.builder();
        for (int i = 0; i + 1 < BANDS.length; i++) {
            bands.add(band(BANDS[i], BANDS[i + 1]));
        }
        return bands.build().filter(band -> band.leaks() > 0).toList();
    }

    /** Leaks from one slope, inclusive, to another. */
    public Band band(double from, double to) {
        List<LeakOutcome> leaks =
                leaks().filter(outcome ->
                                outcome.slopeMbPerHour().orElse(Double.NaN) >= from
                                        && outcome.slopeMbPerHour().orElse(Double.NaN) < to)
                        .toList();
        double[] delays =
                leaks.stream()
                        .flatMapToDouble(outcome -> outcome.delayHours().stream())
                        .sorted()
                        .toArray();
        return new Band(from, to, leaks.size(), delays.length, median(delays));
    }

    /** In the order in which they first appear. */
    public List<Kind> kinds() {
        return outcomes.stream()
                .map(outcome -> outcome.series().kind())
                .distinct()
                .map(this::kind)
                .toList();
    }

    private Kind kind(String name) {
        LeakReport part =
                new LeakReport(
                        outcomes.stream()
                                .filter(outcome -> outcome.series().kind().equals(name))
                                .toList());
        return new Kind(
                name,
                part.outcomes().size(),
                part.detected(),
                part.falseAlarms(),
                part.healthyDays());
    }

    private Stream<LeakOutcome> leaks() {
        return outcomes.stream().filter(outcome -> outcome.series().leaks());
    }

    private static OptionalDouble median(double[] sorted) {
        return Arrays.stream(sorted).skip(sorted.length / 2).findFirst();
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 1 : part / (double) whole;
    }
}
