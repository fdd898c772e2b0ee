package dev.wolverine.query.analytics;

import dev.wolverine.db.reader.UsageAmounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was used lately.
 *
 * @param asOf when it was asked of the database
 * @param windows 24 hours, 7 days and 30 days
 * @param lastInferenceAt begin of the quarter of an hour in which a model was last asked
 * @param zone the worst of the budgets that hold for the whole of it; empty if there is none
 */
public record QuotaReport(
        Instant asOf,
        List<Window> windows,
        Optional<Instant> lastInferenceAt,
        Optional<BudgetReport.Zone> zone) {

    public QuotaReport {
        windows = List.copyOf(windows);
    }

    /** The last so and so long, from a whole quarter of an hour on. */
    public record Window(Duration length, Instant from, UsageAmounts amounts) {}
}
