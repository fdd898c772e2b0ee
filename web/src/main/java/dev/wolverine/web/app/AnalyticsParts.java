package dev.wolverine.web.app;

import dev.wolverine.db.postgres.BudgetCrossings;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.db.postgres.CompareFleetUsage;
import dev.wolverine.db.postgres.CostAnomalies;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.FleetUsageStore;
import dev.wolverine.db.postgres.SelectSpend;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectBlindWindows;
import dev.wolverine.db.reader.SelectFleetHealth;
import dev.wolverine.db.reader.SelectFleetUsage;
import dev.wolverine.db.reader.SelectLastInference;
import dev.wolverine.db.reader.SelectLostTime;
import dev.wolverine.db.reader.SelectRecentUptime;
import dev.wolverine.db.reader.SelectServerFacts;
import dev.wolverine.db.reader.SelectServerUsage;
import dev.wolverine.db.reader.SelectUptime;
import dev.wolverine.query.analytics.AnalyticsQuery;
import dev.wolverine.query.analytics.BudgetQuery;
import dev.wolverine.query.analytics.CostAnomalyRule;
import dev.wolverine.query.analytics.CostQuery;
import dev.wolverine.query.analytics.CostWatch;
import dev.wolverine.query.analytics.FleetUptime;
import dev.wolverine.query.analytics.FleetUsageReconciler;
import dev.wolverine.query.analytics.FleetUsageRollup;
import dev.wolverine.query.analytics.QuotaQuery;
import dev.wolverine.query.analytics.ServerFiguresQuery;
import dev.wolverine.query.analytics.SlaQuery;
import dev.wolverine.query.analytics.SpendForecast;
import dev.wolverine.web.WebServer;
import dev.wolverine.web.api.AnalyticsHandler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;

/**
 * Usage, cost and uptime: the jobs behind the write path, and who answers questions.
 *
 * @param rollup adds up what fleets use
 * @param reconciler proves that it did
 * @param watch looks after budgets
 * @param web what answers over HTTP
 */
public record AnalyticsParts(
        FleetUsageRollup rollup,
        FleetUsageReconciler reconciler,
        CostWatch watch,
        WebServer.Analytics web)
        implements AutoCloseable {

    /** Sums of fleets take little room. */
    private static final Duration KEPT = Duration.ofDays(5 * 366);

    /** The parts, put together; the jobs are not started. */
    public static AnalyticsParts of(
            Database database, ReaderPool readers, Clock clock, MeterRegistry meters) {
        SelectFleetUsage fleetUsage = new SelectFleetUsage(readers);
        SelectServerUsage serverUsage = new SelectServerUsage(readers);
        FleetUptime uptime = new FleetUptime(new SelectUptime(readers), clock);
        SelectSpend spend = new SelectSpend(database.writer());
        BudgetStore budgets = new BudgetStore(database.writer());
        BudgetQuery budgetQuery = new BudgetQuery(spend, new SpendForecast(), clock);
        CostAnomalies anomalies = new CostAnomalies(database.writer());
        return new AnalyticsParts(
                new FleetUsageRollup(new FleetUsageStore(database.writer()), KEPT, clock, meters),
                new FleetUsageReconciler(
                        new CompareFleetUsage(database.writer()), spend, clock, meters),
                new CostWatch(
                        budgets,
                        budgetQuery,
                        new BudgetCrossings(database.writer()),
                        spend,
                        anomalies,
                        new CostAnomalyRule(),
                        clock),
                new WebServer.Analytics(
                        new AnalyticsHandler.Questions(
                                new AnalyticsQuery(
                                        fleetUsage, uptime, new SelectFleetHealth(readers), clock),
                                new CostQuery(fleetUsage, serverUsage),
                                new ServerFiguresQuery(serverUsage, new SelectServerFacts(readers)),
                                new SlaQuery(
                                        uptime,
                                        new SelectRecentUptime(readers),
                                        new SelectBlindWindows(readers),
                                        new SelectLostTime(readers),
                                        clock),
                                new QuotaQuery(
                                        fleetUsage,
                                        serverUsage,
                                        new SelectLastInference(readers),
                                        budgets,
                                        budgetQuery,
                                        clock),
                                budgetQuery,
                                anomalies),
                        budgets));
    }

    public void start() {
        rollup.start();
        reconciler.start();
        watch.start();
    }

    @Override
    public void close() {
        watch.close();
        reconciler.close();
        rollup.close();
    }
}
