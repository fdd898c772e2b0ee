package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.model.ReportedStatus;
import java.time.Duration;
import java.util.Locale;

/**
 * How long an instance has been silent, and what that means.
 *
 * @param rawMillis by the clock
 * @param countedMillis of these, while the platform was there
 * @param graceMillis that it has
 */
record Silence(long rawMillis, long countedMillis, long graceMillis) {

    private static final RuleParameters.ServerDown USUAL =
            new RuleParameters.ServerDown(1.5, 2, 30, 3_600);

    /** By the usual grace. */
    static Silence of(InstanceHistory instance, Lifetime lifetime, long nowMillis) {
        return of(instance, USUAL, lifetime, nowMillis);
    }

    static Silence of(
            InstanceHistory instance,
            RuleParameters.ServerDown parameters,
            Lifetime lifetime,
            long nowMillis) {
        long grace =
                Math.max(
                        Math.round(parameters.jitterFactor() * instance.rhythm().longGapMillis()),
                        parameters.leastIntervals() * instance.rhythm().intervalMillis());
        return new Silence(
                nowMillis - instance.seenMillis(),
                lifetime.between(instance.seenMillis(), nowMillis),
                Math.clamp(
                        grace,
                        1_000L * parameters.leastSeconds(),
                        1_000L * parameters.mostSeconds()));
    }

    /** Whether it still talks to us, as far as can be told. */
    boolean isHeard() {
        return rawMillis <= graceMillis && rawMillis > -Lifetime.TOLERATED_MILLIS;
    }

    Judgement judge(ReportedStatus status) {
        Evidence evidence =
                new Evidence()
                        .with("silentSeconds", countedMillis / 1_000)
                        .with("graceSeconds", graceMillis / 1_000);
        if (countedMillis > graceMillis) {
            return Judgement.fires(
                    Severity.CRITICAL,
                    "No heartbeat for "
                            + words(countedMillis)
                            + "; it usually sends one at least every "
                            + words(graceMillis)
                            + ".",
                    evidence.with("reason", "silent"));
        }
        if (!isHeard()) {
            return Judgement.unknown(evidence.with("reason", "platform_was_away"));
        }
        return status == ReportedStatus.DOWN
                ? Judgement.fires(
                        Severity.CRITICAL,
                        "It says of itself that it is down.",
                        evidence.with("reason", "reported"))
                : Judgement.silent(evidence);
    }

    private static String words(long millis) {
        Duration duration = Duration.ofMillis(millis);
        return duration.toSeconds() < 120
                ? duration.toSeconds() + " seconds"
                : duration.toHours() < 3
                        ? duration.toMinutes() + " minutes"
                        : String.format(Locale.ROOT, "%d hours", duration.toHours());
    }
}
