package dev.wolverine.query.analytics;

import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.BudgetCrossing;
import dev.wolverine.db.postgres.SelectSpend;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/** Asks how budgets stand, and what will be spent. Blocking; thread-safe. */
public final class BudgetQuery {

    private final SelectSpend spend;
    private final SpendForecast forecast;
    private final Clock clock;

    public BudgetQuery(SelectSpend spend, SpendForecast forecast, Clock clock) {
        this.spend = spend;
        this.forecast = forecast;
        this.clock = clock;
    }

    /**
     * How it stands now.
     *
     * @throws IllegalArgumentException if its scope is a tag
     */
    public BudgetReport read(Budget budget) {
        Projection projection =
                project(
                        budget.organisationId(),
                        budget.scope(),
                        budget.selector(),
                        step(budget.cycle()),
                        budget.zone());
        return new BudgetReport(
                budget,
                projection.start(),
                projection.end(),
                projection.outlook(),
                BudgetReport.Zone.of(budget.limitMicros(), projection.outlook()));
    }

    /** What will be spent in the running period of a calendar. */
    public record Projection(Instant start, Instant end, SpendForecast.Outlook outlook) {}

    /** As of now. */
    public Projection project(
            UUID organisationId, Budget.Scope scope, String selector, Step step, ZoneId zone) {
        Instant now = clock.instant();
        Instant start = step.start(now, zone);
        Instant end = step.next(start, zone);
        Instant oldest = now.minus(SpendForecast.HISTORY);
        Instant from = start.isBefore(oldest) ? start : oldest;
        SortedMap<Instant, Long> spent =
                spend.execute(organisationId, scope, selector, Step.QUARTER.start(from, zone), end);
        Instant since = spent.isEmpty() ? now : spent.firstKey();
        return new Projection(start, end, forecast.project(spent, since, start, end, now, zone));
    }

    /** Which thresholds a budget has crossed; those that were told are among them. */
    public static List<BudgetCrossing> crossings(BudgetReport report, Instant now) {
        Budget budget = report.budget();
        SpendForecast.Outlook outlook = report.outlook();
        List<BudgetCrossing> crossings = new ArrayList<>();
        for (int threshold : budget.thresholds()) {
            if (BudgetReport.isReached(outlook.spent(), threshold, budget.limitMicros())) {
                crossings.add(crossing(report, BudgetCrossing.Kind.SPENT, threshold, now));
            }
        }
        if (budget.forecast() && !outlook.isEarly() && outlook.expected() > budget.limitMicros()) {
            crossings.add(crossing(report, BudgetCrossing.Kind.FORECAST, 100, now));
        }
        return crossings;
    }

    private static BudgetCrossing crossing(
            BudgetReport report, BudgetCrossing.Kind kind, int threshold, Instant now) {
        return new BudgetCrossing(
                0,
                report.budget().organisationId(),
                report.budget().id(),
                report.budget().name(),
                report.periodStart(),
                kind,
                threshold,
                now,
                report.outlook().spent(),
                report.budget().limitMicros(),
                report.outlook().expected());
    }

    private static Step step(Budget.Cycle cycle) {
        return switch (cycle) {
            case HOUR -> Step.HOUR;
            case DAY -> Step.DAY;
            case WEEK -> Step.WEEK;
            case MONTH -> Step.MONTH;
        };
    }
}
