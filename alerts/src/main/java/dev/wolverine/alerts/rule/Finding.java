package dev.wolverine.alerts.rule;

import dev.wolverine.alerts.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * What one rule says of one subject at one time. Organisation, rule, server and labels are the
 * fingerprint of an alert.
 *
 * @param serverId empty if the subject is not one server
 * @param labels what else tells this subject from others, as the path of a route; mostly empty
 * @param severity of the alert if the condition is true; the rule may say otherwise
 * @param at as of when: receive time of the beat or time of the timer
 * @param summary one sentence for a person, with its figures; empty unless the condition is true
 * @param evidence the figures, as a JSON object; "{}" if there are none
 */
public record Finding(
        UUID organisation,
        long ruleId,
        OptionalInt serverId,
        Map<String, String> labels,
        Condition condition,
        Severity severity,
        Instant at,
        String summary,
        String evidence) {
    public Finding {
        labels = Map.copyOf(labels);
    }
}
