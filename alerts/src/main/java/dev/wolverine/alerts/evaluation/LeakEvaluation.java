package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.LeakRule;
import dev.wolverine.alerts.leak.LeakVerdict;
import dev.wolverine.alerts.leak.MemoryHistory;
import dev.wolverine.alerts.leak.MemorySample;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Shows labelled series to a rule, beat after beat as they arrived, and counts what it does.
 *
 * <p>The rule is asked whenever the client's clock enters new five minutes. An alarm is a change
 * from silence to firing. The first alarm at or after the beginning of a leak is a true one, later
 * ones of the same leak count for nothing, all others are false.
 */
public final class LeakEvaluation {

    private static final int STEP_SECONDS = 300;
    private static final double HOUR = 3_600;
    private static final double DAY = 86_400;

    private final LeakRule rule;

    public LeakEvaluation(LeakRule rule) {
        this.rule = rule;
    }

    public LeakReport evaluate(List<LabelledSeries> series) {
        return new LeakReport(series.parallelStream().map(this::evaluate).toList());
    }

    public LeakOutcome evaluate(LabelledSeries series) {
        MemoryHistory history = new MemoryHistory();
        long leak = series.leakSecond().orElse(Long.MAX_VALUE);
        long asked = Long.MIN_VALUE;
        long first = Long.MAX_VALUE;
        int falseAlarms = 0;
        boolean firing = false;
        OptionalDouble delay = OptionalDouble.empty();
        Optional<LeakVerdict> alarm = Optional.empty();
        for (MemorySample sample : series.samples()) {
            history.add(sample);
            first = Math.min(first, sample.second());
            long now = history.newestSecond();
            if (Math.floorDiv(now, STEP_SECONDS) == asked) {
                continue;
            }
            asked = Math.floorDiv(now, STEP_SECONDS);
            LeakVerdict verdict = rule.judge(history, OptionalInt.empty());
            if (verdict.fires() && !firing) {
                if (now < leak) {
                    falseAlarms++;
                } else if (delay.isEmpty()) {
                    delay = OptionalDouble.of((now - leak) / HOUR);
                }
                alarm = alarm.or(() -> Optional.of(verdict));
            }
            firing = verdict.fires();
        }
        double healthySeconds = Math.max(0, Math.min(history.newestSecond(), leak) - first);
        return new LeakOutcome(
                series,
                falseAlarms,
                series.samples().isEmpty() ? 0 : healthySeconds / DAY,
                delay,
                alarm,
                series.leaks() ? LeakSlope.of(series) : OptionalDouble.empty());
    }
}
