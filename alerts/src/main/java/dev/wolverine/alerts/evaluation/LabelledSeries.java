package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.MemorySample;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Samples of one instance in the order in which they arrived, and the truth about them.
 *
 * @param kind what it looks like, for a table
 * @param leakSecond client time at which the leak begins; empty if there is none
 * @param slopeMbPerHour how fast it leaks, where that is known
 * @param masked whether restarts hide the leak
 */
public record LabelledSeries(
        String name,
        String kind,
        List<MemorySample> samples,
        OptionalLong leakSecond,
        OptionalDouble slopeMbPerHour,
        boolean masked) {

    public LabelledSeries {
        samples = List.copyOf(samples);
    }

    public boolean leaks() {
        return leakSecond.isPresent();
    }
}
