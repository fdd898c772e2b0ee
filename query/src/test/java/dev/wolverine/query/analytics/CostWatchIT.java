package dev.wolverine.query.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.CostAnomaly;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.BudgetCrossings;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.db.postgres.CostAnomalies;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.SelectSpend;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found out about budgets, from sums of fleets. */
@NullUnmarked
class CostWatchIT {

    private static final Instant NOW = Instant.parse("2026-11-10T10:06:00Z");
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final UUID organisation = UUID.randomUUID();
    private final Principal by =
            new Principal(organisation, Role.OWNER, "user:o@example.org", null);
    private final BudgetStore budgets = new BudgetStore(database.writer());
    private final BudgetCrossings crossings = new BudgetCrossings(database.writer());
    private final CostAnomalies anomalies = new CostAnomalies(database.writer());
    private Instant now = NOW;

    @BeforeEach
    void organisation() throws SQLException {
        execute("INSERT INTO organisations VALUES ('" + organisation + "', 'spending')");
        execute(
                """
                INSERT INTO usage_series (org_id, dimension, key, category) VALUES ('%1$s', 0, '', ''), ('%1$s', 1, 'opus', ''),
                    ('%1$s', 1, 'haiku', '')
                """
                        .formatted(organisation));
    }

    @AfterEach
    void close() {
        database.close();
        testDatabase.close();
    }

    @Test
    void eachThresholdIsToldOnceAPeriodHoweverManyLook() throws SQLException {
        budgets.insert(by, budget("daily", Budget.Cycle.DAY, 10_000_000, ZoneOffset.UTC));
        spend(NOW.minus(Duration.ofHours(1)), "", 4_900_000);
        look();
        assertThat(crossings()).isEmpty();
        spend(NOW.minus(Duration.ofMinutes(30)), "", 100_000);
        look();
        look();
        assertThat(crossings()).containsExactly("SPENT 50");
        spend(NOW.minus(Duration.ofMinutes(15)), "", 6_000_000);
        List<Thread> many =
                java.util.stream.IntStream.range(0, 4)
                        .mapToObj(_ -> Thread.ofVirtual().start(this::look))
                        .toList();
        for (Thread one : many) {
            join(one);
        }
        assertThat(crossings()).containsExactly("SPENT 50", "SPENT 80", "SPENT 100");
        now = NOW.plus(Duration.ofDays(1));
        look();
        assertThat(crossings()).hasSize(3);
        spend(now.minus(Duration.ofMinutes(15)), "", 5_000_000);
        look();
        assertThat(crossings()).hasSize(4);
    }

    @Test
    void ofALimitOfZeroTheFirstMicroDollarIsTooMuch() throws SQLException {
        budgets.insert(by, budget("nothing", Budget.Cycle.MONTH, 0, ZoneOffset.UTC));
        look();
        assertThat(crossings()).isEmpty();
        spend(NOW.minus(Duration.ofHours(1)), "", 1);
        look();
        assertThat(crossings()).containsExactly("SPENT 50", "SPENT 80", "SPENT 100");
    }

    @Test
    void aDayBeginsWhereTheBudgetIs() throws SQLException {
        Budget budget = budget("kolkata", Budget.Cycle.DAY, 1_000_000, KOLKATA);
        budgets.insert(by, budget);
        Instant midnight = Instant.parse("2026-11-09T18:30:00Z");
        spend(midnight.minus(Duration.ofMinutes(15)), "", 700_000);
        spend(midnight, "", 600_000);
        BudgetReport report = query().read(budget);
        assertThat(report.periodStart()).isEqualTo(midnight);
        assertThat(report.outlook().spent()).isEqualTo(600_000);
        assertThat(report.percentSpent()).isEqualTo(60);
    }

    @Test
    void aBudgetOfAModelCountsThatModel() throws SQLException {
        Budget of =
                new Budget(
                        UUID.randomUUID(),
                        organisation,
                        "opus",
                        Budget.Scope.MODEL,
                        "opus",
                        Budget.Cycle.DAY,
                        ZoneOffset.UTC,
                        1_000_000,
                        Budget.DEFAULT_THRESHOLDS,
                        true,
                        NOW,
                        "o");
        budgets.insert(by, of);
        spend(NOW.minus(Duration.ofHours(1)), "opus", 300_000);
        spend(NOW.minus(Duration.ofHours(1)), "haiku", 500_000);
        assertThat(query().read(of).outlook().spent()).isEqualTo(300_000);
    }

    @Test
    void thatALimitWillBeExceededIsToldOnceEnoughIsKnown() throws SQLException {
        budgets.insert(by, budget("monthly", Budget.Cycle.MONTH, 500_000_000, ZoneOffset.UTC));
        for (int hour = 1; hour < 24 * 35; hour++) {
            spend(NOW.minus(Duration.ofHours(hour)), "", 1_000_000);
        }
        look();
        // 228 hours are over of 720.
        assertThat(crossings()).containsExactly("FORECAST 100");
        BudgetReport report = query().read(budgets.list(organisation).getFirst());
        assertThat(report.zone()).isEqualTo(BudgetReport.Zone.RED);
        assertThat(report.outlook().expected()).isBetween(710_000_000L, 725_000_000L);
    }

    @Test
    void anHourThatIsFarTooDearIsFoundOnceAndNamesWhoSpent() throws SQLException {
        for (int hour = 1; hour < 24 * 30; hour++) {
            spend(Instant.parse("2026-11-10T10:00:00Z").minus(Duration.ofHours(hour)), "", 100_000);
        }
        look();
        assertThat(anomalies.after(organisation, 0, 10)).isEmpty();
        spend(Instant.parse("2026-11-10T08:00:00Z"), "", 9_000_000);
        spend(Instant.parse("2026-11-10T09:00:00Z"), "", 9_000_000);
        look();
        look();
        List<CostAnomaly> found = anomalies.after(organisation, 0, 10);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().hour()).isEqualTo(Instant.parse("2026-11-10T09:00:00Z"));
        assertThat(found.getFirst().expectedMicros()).isEqualTo(100_000);
    }

    private void look() {
        new CostWatch(
                        budgets,
                        query(),
                        crossings,
                        new SelectSpend(database.writer()),
                        anomalies,
                        new CostAnomalyRule(),
                        clock())
                .look();
    }

    private BudgetQuery query() {
        return new BudgetQuery(new SelectSpend(database.writer()), new SpendForecast(), clock());
    }

    private Clock clock() {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private List<String> crossings() {
        return crossings.after(organisation, 0, 100).stream()
                .map(crossing -> crossing.kind() + " " + crossing.threshold())
                .toList();
    }

    private Budget budget(String name, Budget.Cycle cycle, long limit, ZoneId zone) {
        return new Budget(
                UUID.randomUUID(),
                organisation,
                name,
                Budget.Scope.ORGANISATION,
                "",
                cycle,
                zone,
                limit,
                Budget.DEFAULT_THRESHOLDS,
                true,
                NOW,
                "o");
    }

    /** Adds to what the fleet spent in the quarter of an hour. */
    private void spend(Instant at, String model, long micros) throws SQLException {
        execute(
                """
                INSERT INTO fleet_usage AS stored (org_id, bucket, series_id, dimension, servers, input_tokens, output_tokens, tokens, calls, cost_micros,
                    cache_creation_tokens, cache_read_tokens, cache_savings_micros, successes, failures, estimated_cost_micros)
                SELECT org_id, '%s', id, dimension, 1, 0, 0, 0, 1, %d, 0, 0, 0, 0, 0, 0 FROM usage_series WHERE org_id = '%s' AND key = '%s'
                ON CONFLICT (org_id, dimension, bucket, series_id) DO UPDATE SET cost_micros = stored.cost_micros + excluded.cost_micros
                """
                        .formatted(
                                Step.QUARTER.start(at, ZoneOffset.UTC),
                                micros,
                                organisation,
                                model));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
