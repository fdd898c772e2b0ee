package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.MemorySample;
import java.util.List;
import java.util.OptionalDouble;

/** How fast a labelled series leaks, measured where its label does not say. */
final class LeakSlope {

    private static final int SMOOTHED = 10;

    private LeakSlope() {}

    /**
     * Megabytes an hour from the beginning of the leak to the first restart behind it, or to the
     * end; empty if there is less than an hour of it.
     */
    static OptionalDouble of(LabelledSeries series) {
        if (series.slopeMbPerHour().isPresent()) {
            return series.slopeMbPerHour();
        }
        long leak = series.leakSecond().orElse(Long.MAX_VALUE);
        List<MemorySample> after =
                series.samples().stream()
                        .filter(sample -> sample.second() >= leak)
                        .sorted((one, two) -> Long.compare(one.second(), two.second()))
                        .toList();
        int end = 1;
        while (end < after.size() && after.get(end).pid() == after.getFirst().pid()) {
            end++;
        }
        if (after.isEmpty() || end < 3 * SMOOTHED) {
            return OptionalDouble.empty();
        }
        double from = lowest(after.subList(0, SMOOTHED));
        double to = lowest(after.subList(end - SMOOTHED, end));
        double hours = (after.get(end - 1).second() - after.getFirst().second()) / 3_600.0;
        return hours < 1 ? OptionalDouble.empty() : OptionalDouble.of((to - from) / hours);
    }

    private static double lowest(List<MemorySample> samples) {
        return samples.stream().mapToInt(MemorySample::memoryMb).min().orElse(0);
    }
}
