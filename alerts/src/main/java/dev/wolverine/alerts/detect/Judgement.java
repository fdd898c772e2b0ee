package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.Condition;
import java.util.Map;

/** What a judge says of one subject, before it is told whose it is. */
record Judgement(
        Map<String, String> labels,
        Condition condition,
        Severity severity,
        String summary,
        Evidence evidence) {

    static Judgement fires(Severity severity, String summary, Evidence evidence) {
        return new Judgement(Map.of(), Condition.TRUE, severity, summary, evidence);
    }

    static Judgement silent() {
        return silent(new Evidence());
    }

    static Judgement silent(Evidence evidence) {
        return new Judgement(Map.of(), Condition.FALSE, Severity.INFO, "", evidence);
    }

    static Judgement unknown() {
        return unknown(new Evidence());
    }

    static Judgement unknown(Evidence evidence) {
        return new Judgement(Map.of(), Condition.NO_DATA, Severity.INFO, "", evidence);
    }

    Judgement of(Map<String, String> subject) {
        return new Judgement(subject, condition, severity, summary, evidence);
    }
}
