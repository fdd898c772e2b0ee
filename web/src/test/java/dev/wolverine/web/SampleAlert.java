package dev.wolverine.web;

import java.util.UUID;

/** An alert that fires, as who judges would have stored it. */
final class SampleAlert {

    private SampleAlert() {}

    /** Of the organisation's first rule; returns its id. */
    static UUID insert(TestPlatform platform, UUID organisation, String words) {
        UUID id = UUID.randomUUID();
        platform.execute(
                """
                INSERT INTO alerts (id, org_id, rule_id, rule_version, kind, server_id, subject, tag, labels, fingerprint, state,
                                    severity, summary, evidence, pending_since, firing_since, last_true_at, pending_ran,
                                    last_true_ran, evaluations, evaluated, flapping, degraded, told)
                SELECT '%s', org_id, id, version, kind, 0, '%s', '', '{}', '\\x%s', 'firing',
                       3, '%s', '{}', now(), now(), now(), 0, 0, 1, 1, false, false, 0
                FROM alert_rules WHERE org_id = '%s' ORDER BY id LIMIT 1
                """
                        .formatted(id, words, id.toString().replace("-", ""), words, organisation));
        return id;
    }
}
