package dev.wolverine.query.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.model.Budget;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.db.reader.SelectFleetUsage;
import dev.wolverine.db.reader.SelectLastInference;
import dev.wolverine.db.reader.SelectServerUsage;
import dev.wolverine.db.reader.UsageAmounts;
import dev.wolverine.db.reader.UsageGroup;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks what was used lately, and remembers it for half a minute: a page that shows it asks often.
 * Blocking; thread-safe.
 */
public final class QuotaQuery {

    private static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final int MAX_REMEMBERED = 10_000;
    private static final int WAIT_SECONDS = 10;

    private static final List<Duration> WINDOWS =
            List.of(Duration.ofHours(24), Duration.ofDays(7), Duration.ofDays(30));

    private final SelectFleetUsage fleet;
    private final SelectServerUsage servers;
    private final SelectLastInference lastInference;
    private final BudgetStore budgets;
    private final BudgetQuery budgetQuery;
    private final Clock clock;
    private final Cache<Question, QuotaReport> answers =
            Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MAX_REMEMBERED).build();

    public QuotaQuery(
            SelectFleetUsage fleet,
            SelectServerUsage servers,
            SelectLastInference lastInference,
            BudgetStore budgets,
            BudgetQuery budgetQuery,
            Clock clock) {
        this.fleet = fleet;
        this.servers = servers;
        this.lastInference = lastInference;
        this.budgets = budgets;
        this.budgetQuery = budgetQuery;
        this.clock = clock;
    }

    private record Question(UUID organisationId, @Nullable String instanceId) {}

    /**
     * Of an organisation, or of one of its servers; of one that it does not have, nothing was used.
     * Blocking.
     */
    public QuotaReport read(UUID organisationId, @Nullable String instanceId) {
        return answers.get(new Question(organisationId, instanceId), this::ask);
    }

    private QuotaReport ask(Question question) {
        UUID organisationId = question.organisationId();
        Instant now = clock.instant();
        List<Instant> edges = new ArrayList<>();
        for (Duration window : WINDOWS.reversed()) {
            edges.add(Period.last(window, now, ZoneOffset.UTC).from());
        }
        edges.add(Period.last(WINDOWS.getFirst(), now, ZoneOffset.UTC).to());
        EnumSet<UsageDimension> total = EnumSet.of(UsageDimension.TOTAL);
        CompletableFuture<List<UsageGroup>> groups =
                (question.instanceId() == null
                                ? fleet.execute(organisationId, total, edges)
                                : servers.execute(
                                        organisationId, question.instanceId(), total, edges))
                        .toCompletableFuture();
        CompletableFuture<Optional<Instant>> last =
                lastInference.execute(organisationId, question.instanceId()).toCompletableFuture();
        Optional<BudgetReport.Zone> zone =
                budgets.list(organisationId).stream()
                        .filter(budget -> isOf(budget, question.instanceId()))
                        .map(budget -> budgetQuery.read(budget).zone())
                        .max(Comparator.naturalOrder());
        return new QuotaReport(now, windows(edges, get(groups)), get(last), zone);
    }

    private static boolean isOf(Budget budget, @Nullable String instanceId) {
        return instanceId == null
                ? budget.scope() == Budget.Scope.ORGANISATION
                : budget.scope() == Budget.Scope.SERVER && budget.selector().equals(instanceId);
    }

    private static List<QuotaReport.Window> windows(List<Instant> edges, List<UsageGroup> groups) {
        List<QuotaReport.Window> windows = new ArrayList<>();
        for (int i = 0; i < WINDOWS.size(); i++) {
            int slot = WINDOWS.size() - 1 - i;
            windows.add(
                    new QuotaReport.Window(
                            WINDOWS.get(i),
                            edges.get(slot),
                            groups.stream()
                                    .filter(group -> group.slot() >= slot)
                                    .map(UsageGroup::amounts)
                                    .reduce(UsageAmounts.NONE, UsageAmounts::plus)));
        }
        return windows;
    }

    private static <T> T get(CompletableFuture<T> answer) {
        return answer.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    }
}
