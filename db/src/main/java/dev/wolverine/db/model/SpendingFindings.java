package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What the analysis of costs has found of an organisation. Blocking. */
public interface SpendingFindings {

    /** Crossings of periods that are not over. */
    List<BudgetCrossing> crossings(UUID organisation, Instant now);

    /** Anomalies of hours since then, at most a few hundred. */
    List<CostAnomaly> anomalies(UUID organisation, Instant since);

    /** None, where costs are not analysed. */
    static SpendingFindings none() {
        return new SpendingFindings() {
            @Override
            public List<BudgetCrossing> crossings(UUID organisation, Instant now) {
                return List.of();
            }

            @Override
            public List<CostAnomaly> anomalies(UUID organisation, Instant since) {
                return List.of();
            }
        };
    }
}
