package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.LeakVerdict;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the detector made of one series.
 *
 * @param falseAlarms times that it fired where there was no leak, or not yet
 * @param healthyDays without a leak, of those that have samples
 * @param delayHours from the beginning of the leak to the first alarm; empty if there was none
 * @param alarm the first verdict that fired
 * @param slopeMbPerHour as labelled, else as measured; empty for a healthy series
 */
public record LeakOutcome(
        LabelledSeries series,
        int falseAlarms,
        double healthyDays,
        OptionalDouble delayHours,
        Optional<LeakVerdict> alarm,
        OptionalDouble slopeMbPerHour) {

    public boolean detected() {
        return delayHours.isPresent();
    }
}
