package dev.wolverine.db.alert;

import java.util.List;

/**
 * What judging an organisation begins with.
 *
 * @param head the newest event
 * @param alerts open, or resolved and not told yet, or resolved a short while ago
 * @param groups that are not closed
 * @param silences that are not over
 */
public record OrganisationAlerts(
        long head,
        List<RuleRecord> rules,
        List<AlertRecord> alerts,
        List<AlertGroup> groups,
        List<Silence> silences) {

    public OrganisationAlerts {
        rules = List.copyOf(rules);
        alerts = List.copyOf(alerts);
        groups = List.copyOf(groups);
        silences = List.copyOf(silences);
    }
}
