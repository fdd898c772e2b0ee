package dev.wolverine.alerts.rule;

import dev.wolverine.alerts.Severity;
import java.util.Optional;
import java.util.UUID;

/**
 * What is judged, of whom, and how strictly.
 *
 * @param severity of its alerts; empty: as the judge says
 * @param runbook a link; empty if there is none
 */
public record Rule(
        long id,
        UUID organisationId,
        String name,
        int version,
        RuleParameters parameters,
        Selector selector,
        Optional<Severity> severity,
        Policy policy,
        Optional<String> runbook) {

    public RuleKind kind() {
        return parameters.kind();
    }
}
