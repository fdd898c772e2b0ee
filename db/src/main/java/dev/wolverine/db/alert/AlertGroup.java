package dev.wolverine.db.alert;

import java.time.Instant;
import java.util.UUID;

/**
 * Alerts that are told together: those of one rule and one tag.
 *
 * @param version of what was told, from 1; 0: nothing yet
 * @param severity the worst that it ever had
 * @param openedRan milliseconds of judging, as all that end so
 * @param closed all is over and told: what comes is another incident
 */
public record AlertGroup(
        UUID id,
        UUID organisationId,
        long ruleId,
        String tag,
        int version,
        int severity,
        Instant openedAt,
        long openedRan,
        long sentRan,
        boolean closed) {

    public AlertGroup sent(int severity, long ran) {
        return new AlertGroup(
                id,
                organisationId,
                ruleId,
                tag,
                version + 1,
                severity,
                openedAt,
                openedRan,
                ran,
                false);
    }

    public AlertGroup over() {
        return new AlertGroup(
                id,
                organisationId,
                ruleId,
                tag,
                version,
                severity,
                openedAt,
                openedRan,
                sentRan,
                true);
    }
}
