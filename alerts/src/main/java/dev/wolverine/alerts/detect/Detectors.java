package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Judges servers by what is remembered of them. The memory is fed by the commits, in their order,
 * and saved in the transaction that saves the cursor.
 */
public interface Detectors {

    /** Stands for a server where a kind {@linkplain RuleKind#isOfOrganisation asks of all}. */
    int WHOLE_ORGANISATION = 0;

    /**
     * What a rule of this kind says of a server; more than one finding where a server has several
     * subjects (its routes), none if the server is not known. Pure in the memory, the parameters
     * and the time.
     *
     * @param serverId surrogate id, or {@link #WHOLE_ORGANISATION}
     * @param parameters of that kind
     */
    List<Finding> judge(
            UUID organisation,
            int serverId,
            long ruleId,
            RuleKind kind,
            RuleParameters parameters,
            Instant now);
}
