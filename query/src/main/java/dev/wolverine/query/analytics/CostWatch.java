package dev.wolverine.query.analytics;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.CostAnomaly;
import dev.wolverine.db.postgres.BudgetCrossings;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.db.postgres.CostAnomalies;
import dev.wolverine.db.postgres.SelectSpend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each minute whether budgets have crossed their thresholds, and each hour whether it was
 * dearer than usual; what it finds it leaves in the database, for alerts to follow.
 *
 * <p>One thread. Several processes may look at once: each finding is stored once.
 */
public final class CostWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CostWatch.class);

    private static final Duration POLL = Duration.ofMinutes(1);

    /** After its end: beats of the hour are on their way, and are still to be added up. */
    private static final Duration JUDGED_AFTER = Duration.ofMinutes(5);

    private static final int HOURS_BACK = 3;

    private final BudgetStore budgets;
    private final BudgetQuery query;
    private final BudgetCrossings crossings;
    private final SelectSpend spend;
    private final CostAnomalies anomalies;
    private final CostAnomalyRule rule;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable Instant judgedHour;

    public CostWatch(
            BudgetStore budgets,
            BudgetQuery query,
            BudgetCrossings crossings,
            SelectSpend spend,
            CostAnomalies anomalies,
            CostAnomalyRule rule,
            Clock clock) {
        this.budgets = budgets;
        this.query = query;
        this.crossings = crossings;
        this.spend = spend;
        this.anomalies = anomalies;
        this.rule = rule;
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("cost-watch").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Looks once at everything. */
    public void look() {
        for (Budget budget : budgets.all()) {
            // The tags of servers are told by nothing yet that is stored here.
            if (budget.scope() != Budget.Scope.TAG) {
                crossings.add(BudgetQuery.crossings(query.read(budget), clock.instant()));
            }
        }
        Instant hour =
                Step.HOUR
                        .start(clock.instant().minus(JUDGED_AFTER), ZoneOffset.UTC)
                        .minus(Duration.ofHours(1));
        if (!hour.equals(judgedHour)) {
            for (UUID organisation : spend.organisations()) {
                for (int back = HOURS_BACK - 1; back >= 0; back--) {
                    judge(organisation, hour.minus(Duration.ofHours(back)));
                }
            }
            judgedHour = hour;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(UUID organisation, Instant hour) {
        Instant end = hour.plus(Duration.ofHours(1));
        SortedMap<Instant, Long> spent =
                spend.execute(
                        organisation,
                        Budget.Scope.ORGANISATION,
                        "",
                        hour.minus(CostAnomalyRule.HISTORY),
                        end);
        if (spent.isEmpty()) {
            return;
        }
        rule.judge(spent, spent.firstKey(), hour)
                .ifPresent(verdict -> {
                    CostAnomaly anomaly =
                            new CostAnomaly(
                                    0,
                                    organisation,
                                    hour,
                                    verdict.costMicros(),
                                    verdict.expectedMicros(),
                                    verdict.z(),
                                    spend.topServers(organisation, hour, end),
                                    clock.instant());
                    if (anomalies.add(anomaly)) {
                        log.info(
                                "organisation {} spent {} micro-dollars in the hour from {}, usually {}",
                                organisation,
                                verdict.costMicros(),
                                hour,
                                verdict.expectedMicros());
                    }
                });
    }

    private void run() {
        boolean away = false;
        while (closed.getCount() > 0) {
            try {
                look();
                away = false;
            } catch (StorageException e) {
                if (!away && closed.getCount() > 0) {
                    log.warn("budgets are looked at later: {}", e.getMessage());
                }
                away = true;
            } catch (RuntimeException e) {
                log.error("budgets could not be looked at", e);
            }
            try {
                if (closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
