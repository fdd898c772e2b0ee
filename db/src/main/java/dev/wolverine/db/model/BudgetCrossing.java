package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;

/**
 * That a budget crossed a threshold: at most one for each threshold and period.
 *
 * @param id rises; 0 while it is not stored
 * @param budgetName as it is now
 * @param kind spent, or only foreseen
 * @param threshold percent of the limit
 * @param projectedMicros what was foreseen for the end of the period
 */
public record BudgetCrossing(
        long id,
        UUID organisationId,
        UUID budgetId,
        String budgetName,
        Instant periodStart,
        Kind kind,
        int threshold,
        Instant crossedAt,
        long spentMicros,
        long limitMicros,
        long projectedMicros) {

    /** What crossed. */
    public enum Kind {
        SPENT,
        FORECAST
    }
}
