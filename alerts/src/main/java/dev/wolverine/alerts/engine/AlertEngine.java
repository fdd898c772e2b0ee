package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.lifecycle.Board;
import dev.wolverine.alerts.lifecycle.GroupRule;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.OrganisationAlerts;
import dev.wolverine.db.alert.RuleRecord;
import dev.wolverine.db.model.CommitRow;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.LeaderLock;
import dev.wolverine.db.postgres.RuleStore;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectPlatformAlive;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the fleet by its rules: follows the commits, and lets time pass.
 *
 * <p>One thread; of several processes one leads. What follows from judging once is stored in one
 * transaction with how far judging is: a crash anywhere loses nothing and does nothing twice. What
 * is in memory is only what the database says, and is thrown away whenever the two may differ.
 */
public final class AlertEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AlertEngine.class);

    /** The number of the lock that the leader holds. */
    public static final long LOCK = 0x776f6c76616c7274L;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FOLLOWER_POLL = Duration.ofSeconds(2);

    /** No tick counts for more: while judging stands still, no time passes for alerts. */
    private static final Duration MAX_STEP = Duration.ofSeconds(5);

    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final long CLOSE_MILLIS = 2_000;
    private static final Duration RECONCILE = Duration.ofSeconds(60);

    /** What the engine works on. */
    public record Parts(
            AlertStore alerts,
            RuleStore rules,
            SelectCommits commits,
            SelectPlatformAlive alive,
            LeaderLock leader,
            Memory memory,
            Fleet fleet) {}

    private final Parts parts;
    private final Judge judge;
    private final ServerDirectory servers;
    private final RuleReader ruleReader = new RuleReader();
    private final Clock clock;
    private final LongSupplier nanos;
    private final Optional<String> linkBase;
    private final List<BatchListener> listeners;

    private final Map<UUID, Board> boards = new HashMap<>();
    private final Map<UUID, Map<Long, RuleReader.Ready>> ready = new HashMap<>();
    private AlertBatch.@Nullable Progress progress;
    private long taken;
    private @Nullable WellBeing wellBeing;
    private long tickedNanos;
    private long roundNanos;
    private long reconciledNanos;

    private final Semaphore signal = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private volatile long judgedNanos;
    private volatile boolean leads;
    private final Counter refused;

    /** Is told of what was stored, on the engine's thread. */
    @FunctionalInterface
    public interface BatchListener {
        void stored(AlertBatch.OfOrganisation batch, Board board);
    }

    /**
     * @param nanos a clock that only goes on
     * @param linkBase address of the dashboard; empty if there is no public one
     */
    public AlertEngine(
            Parts parts,
            List<BatchListener> listeners,
            Optional<String> linkBase,
            Clock clock,
            LongSupplier nanos,
            MeterRegistry meters) {
        this.parts = parts;
        this.listeners = List.copyOf(listeners);
        this.linkBase = linkBase;
        this.clock = clock;
        this.nanos = nanos;
        servers = new ServerDirectory(parts.fleet().states(), parts.fleet().tags());
        judge = new Judge(parts.memory(), servers, new RecentSamples(parts.fleet().history()));
        judgedNanos = nanos.getAsLong();
        thread = Thread.ofPlatform().daemon().name("alert-engine").unstarted(this::run);
        refused =
                Counter.builder("wolverine.alerts.batches.refused")
                        .description("Judgements thrown away because somebody else was first")
                        .register(meters);
        Gauge.builder("wolverine.alerts.leads", this, engine -> engine.leads ? 1 : 0)
                .description("Whether this process judges")
                .register(meters);
        Gauge.builder(
                        "wolverine.alerts.judged.age.seconds",
                        this,
                        engine -> engine.age().toMillis() / 1e3)
                .description("Since when nothing was judged, where this process leads")
                .register(meters);
    }

    public void start() {
        thread.start();
    }

    /** This process committed a batch. Returns at once. */
    public void committed(CommittedBatch batch) {
        if (batch.heartbeats() > 0) {
            parts.memory().committed(batch);
            wake();
        }
    }

    /** There may be something to judge. */
    public void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    /** Since when nothing was judged; zero where another process leads. */
    public Duration age() {
        return leads ? Duration.ofNanos(nanos.getAsLong() - judgedNanos) : Duration.ZERO;
    }

    public boolean leads() {
        return leads;
    }

    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        parts.leader().close();
    }

    private void run() {
        boolean away = false;
        while (!closed) {
            try {
                tick();
                if (away) {
                    log.info("judging again");
                    away = false;
                }
            } catch (StorageException e) {
                forget();
                if (!away && !closed) {
                    log.warn("judging waits: {}", e.getMessage());
                    away = true;
                }
            } catch (RuntimeException e) {
                log.error("judging failed: reading everything anew", e);
                forget();
            }
            pause(leads ? POLL : FOLLOWER_POLL);
        }
    }

    /** Judges once, if this process leads; returns whether what followed was stored. */
    boolean tick() {
        leads = parts.leader().isLeader();
        if (!leads) {
            forget();
            wellBeing = null;
            return false;
        }
        AlertBatch.Progress before = begin();
        Moment now = passed(before);
        boolean round = isDue(roundNanos, ROUND);
        if (round) {
            roundNanos = nanos.getAsLong();
            servers.refreshTags();
            wellBeing().ingest(!parts.alive().execute(), nanos.getAsLong());
        }
        takeBoards(now);
        SelectCommits.Page page = parts.commits().after(taken);
        Set<Integer> touched = take(page, now.at());
        boolean all = isDue(reconciledNanos, RECONCILE);
        if (all) {
            reconciledNanos = nanos.getAsLong();
        }
        judge(touched, round, all, now);
        return store(before, new AlertBatch.Progress(taken, now.ran(), now.at()));
    }

    /** Becomes what is stored, if it is not known. */
    private AlertBatch.Progress begin() {
        AlertBatch.Progress known = progress;
        if (known != null) {
            return known;
        }
        known = parts.alerts().progress(parts.commits().end(), clock.instant());
        servers.fill();
        judge.clear();
        parts.memory().open(clock.instant());
        taken = known.cursor();
        boards.clear();
        ready.clear();
        tickedNanos = nanos.getAsLong();
        if (wellBeing == null) {
            wellBeing = new WellBeing(tickedNanos, clock.instant());
        }
        progress = known;
        return known;
    }

    /** What is known is read anew before judging goes on. */
    void forget() {
        progress = null;
    }

    private WellBeing wellBeing() {
        WellBeing known = wellBeing;
        if (known == null) {
            throw new IllegalStateException("judging has not begun");
        }
        return known;
    }

    private Moment passed(AlertBatch.Progress before) {
        long ticked = nanos.getAsLong();
        Instant at = clock.instant();
        wellBeing().tick(ticked, at);
        long step = Math.min(Math.max(0, ticked - tickedNanos), MAX_STEP.toNanos());
        return new Moment(at, before.ran() + Duration.ofNanos(step).toMillis());
    }

    /** Reads what somebody changed, and makes what a new organisation begins with. */
    private void takeBoards(Moment now) {
        Map<UUID, Long> heads = parts.alerts().heads();
        boards.keySet().retainAll(heads.keySet());
        heads.forEach((organisation, head) -> {
            if (head == 0) {
                parts.rules().createDefaults(organisation, DefaultRules.wishes(), now.at());
            }
            Board board = boards.get(organisation);
            if (board == null || board.head() != head) {
                boards.put(organisation, read(organisation, now.at()));
            }
        });
    }

    private Board read(UUID organisation, Instant now) {
        OrganisationAlerts stored = parts.alerts().load(organisation, now);
        Map<Long, RuleReader.Ready> enabled = new HashMap<>();
        Map<Long, Rule> rules = new HashMap<>();
        for (RuleRecord record : stored.rules()) {
            if (record.enabled()) {
                RuleReader.Ready rule = reuse(organisation, record);
                if (rule != null) {
                    enabled.put(record.id(), rule);
                    rules.put(record.id(), rule.rule());
                }
            }
        }
        ready.put(organisation, enabled);
        return new Board(
                organisation,
                stored,
                rules,
                servers::facts,
                UUID::randomUUID,
                GroupRule.STANDARD,
                linkBase);
    }

    private RuleReader.@Nullable Ready reuse(UUID organisation, RuleRecord record) {
        RuleReader.Ready known = ready.getOrDefault(organisation, Map.of()).get(record.id());
        if (known != null && known.rule().version() == record.version()) {
            return known;
        }
        try {
            return ruleReader.of(record);
        } catch (RuleReader.Invalid e) {
            log.error("rule {} cannot be judged: {}", record.id(), e.getMessage());
            return null;
        }
    }

    /** Whether anybody asks for the newest values of servers. */
    private boolean expressions() {
        return ready.values().stream()
                .flatMap(rules -> rules.values().stream())
                .anyMatch(rule -> rule.expression().isPresent());
    }

    private Set<Integer> take(SelectCommits.Page page, Instant now) {
        Set<Integer> touched = new TreeSet<>();
        List<CommitRow> commits = page.commits();
        commits.forEach(commit -> touched.addAll(commit.serverIds()));
        parts.memory().take(page, now);
        servers.refresh(touched, expressions(), nanos.getAsLong());
        taken = page.cursor();
        return touched;
    }

    private void judge(Set<Integer> touched, boolean round, boolean all, Moment now) {
        WellBeing well = wellBeing();
        boards.forEach((organisation, board) -> {
            Judge.Scope scope =
                    new Judge.Scope(
                            board,
                            ready.getOrDefault(organisation, Map.of()).values(),
                            well.believesSilence(),
                            well.isIngestAway());
            judge.touched(scope, touched, now);
            if (round) {
                judge.round(scope, all, now);
            }
            if (board.isBusy()) {
                board.settle(now);
            }
        });
    }

    private boolean store(AlertBatch.Progress before, AlertBatch.Progress after) {
        List<AlertBatch.OfOrganisation> changes = new ArrayList<>();
        boards.values().forEach(board -> board.changes().ifPresent(changes::add));
        List<DetectorState> states = parts.memory().toStore(after.cursor(), after.judgedAt());
        if (!parts.alerts().write(new AlertBatch(before, after, changes, states))) {
            refused.increment();
            forget();
            return false;
        }
        parts.memory().stored(states, after.judgedAt());
        progress = after;
        tickedNanos = nanos.getAsLong();
        judgedNanos = tickedNanos;
        for (AlertBatch.OfOrganisation change : changes) {
            Board board = boards.get(change.organisationId());
            if (board != null) {
                board.stored();
                listeners.forEach(listener -> listener.stored(change, board));
            }
        }
        return true;
    }

    private boolean isDue(long last, Duration every) {
        return last == 0 || nanos.getAsLong() - last >= every.toNanos();
    }

    private void pause(Duration longest) {
        try {
            if (signal.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                signal.drainPermits();
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }
}
