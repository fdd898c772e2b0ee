package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.crash.CrashLoopRule;
import dev.wolverine.alerts.crash.CrashVerdict;
import dev.wolverine.alerts.crash.HealLoopRule;
import dev.wolverine.alerts.rule.RuleParameters;
import java.util.List;
import java.util.Locale;

/** Judges restarts and repairs that come again and again. */
final class LoopJudge {

    private static final int HOUR_SECONDS = 3_600;

    private LoopJudge() {}

    /**
     * @param clientSecond now, by the clock of the instance
     */
    static Judgement crashes(
            InstanceHistory instance, RuleParameters.CrashLoop parameters, long clientSecond) {
        CrashLoopRule rule =
                CrashLoopRule.of(
                        parameters.fastRestarts(),
                        60 * parameters.fastMinutes(),
                        parameters.backOffRestarts(),
                        60 * parameters.backOffMinutes(),
                        parameters.slowRestarts(),
                        3_600 * parameters.slowHours(),
                        60 * parameters.calmMinutes());
        CrashVerdict verdict = rule.judge(instance.restarts(), List.of(), clientSecond);
        Evidence evidence =
                new Evidence()
                        .with("reason", verdict.reason().name().toLowerCase(Locale.ROOT))
                        .with("restarts", verdict.restarts())
                        .with("medianLifeSeconds", verdict.medianLifeSeconds());
        if (!verdict.fires()) {
            return Judgement.silent(evidence);
        }
        evidence.with("restartsLastHour", instance.restarts().restarts(clientSecond - HOUR_SECONDS))
                .with("restartsLastDay", instance.restarts().restarts(clientSecond - 86_400));
        return Judgement.fires(
                verdict.severity() == CrashVerdict.Severity.CRITICAL
                        ? Severity.CRITICAL
                        : Severity.WARNING,
                verdict.sentence(),
                evidence);
    }

    static Judgement repairs(
            InstanceHistory instance, RuleParameters.HealLoop parameters, long clientSecond) {
        HealLoopRule.Verdict verdict =
                new HealLoopRule(parameters.repairs(), parameters.comebacks())
                        .judge(instance.repairs(), clientSecond);
        if (!verdict.fires()) {
            return Judgement.silent();
        }
        Evidence evidence =
                new Evidence()
                        .with("reason", verdict.reason().name().toLowerCase(Locale.ROOT))
                        .with("repairs", verdict.repairs())
                        .with("burntDollars", verdict.burntMicros() / 1e6);
        verdict.sinceSecond().ifPresent(since -> evidence.with("sinceSecond", since));
        return Judgement.fires(Severity.CRITICAL, verdict.sentence(), evidence);
    }
}
