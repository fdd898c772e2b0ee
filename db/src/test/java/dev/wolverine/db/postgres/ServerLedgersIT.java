package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.GeneratedHistory;
import dev.wolverine.db.ledger.StoredUsage;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatDigest;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * In whatever order, how often, in what batches and over which of two writers beats arrive: what
 * follows from them is the same, and usage is what brute force finds.
 */
@NullUnmarked
class ServerLedgersIT {

    private static final Instant END = Instant.parse("2026-11-21T12:00:00Z");
    private static final int SEEDS = Integer.getInteger("ledger.seeds", 12);
    private static final int FIRST = Integer.getInteger("ledger.first", 1);
    private static final int SERVERS = 4;

    private static final List<String> TABLES =
            List.of(
                    "SELECT instance_id, t.ts, status, reason FROM status_log t",
                    "SELECT instance_id, t.ts, process, lifetime_s, memory_before_mb, cause FROM restarts t",
                    "SELECT instance_id, t.ts, repairs, successes, failures, t.tokens, t.cost_micros FROM repairs t",
                    "SELECT instance_id, t.ts, kind, series, examples, tokens_before, tokens_after, cost_micros_before,"
                            + " cost_micros_after FROM usage_adjustments t",
                    "SELECT instance_id, day, encode(state, 'hex') FROM ledger_days t",
                    "SELECT instance_id, instances FROM server_states t");

    private static final AtomicInteger GAVE_UP = new AtomicInteger();

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<HeartbeatStore> writers = List.of(writer(1_000), writer(3));

    private HeartbeatStore writer(int maxCachedServers) {
        return writer(maxCachedServers, UsageLimits.DEFAULT);
    }

    private HeartbeatStore writer(int maxCachedServers, UsageLimits limits) {
        return new HeartbeatStore(
                database.writer(),
                new Partitions(database.owner()),
                Clock.systemUTC(),
                maxCachedServers,
                QuarantineLimit.DEFAULT,
                limits,
                meters);
    }

    private static final String STATE =
            " ts, snapshot_hash, status, pid, uptime_s, memory_mb, peak_memory_mb, cpu_centi_percent,"
                    + " routes_healthy, routes_unhealthy, slowest_us, flags ";

    private static final String CURRENT_STATES =
            "SELECT instance_id, " + STATE + "FROM current_states t";

    private static final String NEWEST_BEATS =
            "SELECT instance_id, "
                    + STATE
                    + "FROM (SELECT DISTINCT ON (server_id) * FROM heartbeats ORDER BY server_id, ts DESC) t";

    @AfterEach
    void close() {
        writers.forEach(HeartbeatStore::close);
        database.close();
        testDatabase.close();
    }

    @Test
    void anyOrderRepetitionBatchingAndSplitGivesTheSameRows() throws SQLException {
        long beats = 0;
        long cells = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            UUID inOrder = organisation();
            UUID shuffled = organisation();
            List<String> usage = new ArrayList<>();
            for (List<Heartbeat> history : histories(seed, inOrder)) {
                for (int from = 0; from < history.size(); from += 7) {
                    writers.getFirst()
                            .write(history.subList(from, Math.min(history.size(), from + 7)));
                }
                usage.addAll(StoredUsage.expected(history));
                beats += history.size();
            }
            List<Heartbeat> all = deliveries(seed, histories(seed, shuffled));
            if (seed % 3 == 0 || Boolean.getBoolean("ledger.together")) {
                deliverAtOnce(seed, all);
            } else {
                deliver(new Random(seed), all, writers);
            }
            Collections.sort(usage);
            cells += usage.size();
            assertSame(StoredUsage.rows(connect(), inOrder), usage, "seed " + seed);
            assertSame(StoredUsage.rows(connect(), shuffled), usage, "seed " + seed + ", shuffled");
            for (String table : TABLES) {
                assertSame(
                        rows(table, shuffled), rows(table, inOrder), "seed " + seed + ": " + table);
            }
            for (UUID organisation : List.of(inOrder, shuffled)) {
                assertSame(
                        rows(CURRENT_STATES, organisation),
                        rows(NEWEST_BEATS, organisation),
                        "seed " + seed + ": current states and newest beats");
            }
        }
        reconcile();
        System.out.printf(
                "%d fleets of %d servers (seeds %d to %d), %d beats, %d rows of usage; late %.0f, read %.0f, lost %.0f, redone %.0f; given up and tried again %d%n",
                SEEDS,
                SERVERS,
                FIRST,
                FIRST + SEEDS - 1,
                beats,
                cells,
                meters.counter("wolverine.ledger.late.servers").count(),
                meters.counter("wolverine.writer.servers.read").count(),
                meters.counter("wolverine.writer.servers.lost").count(),
                meters.counter("wolverine.ledger.beats.redone").count(),
                GAVE_UP.get());
        assertThat(meters.counter("wolverine.ledger.late.servers").count()).isGreaterThan(SEEDS);
    }

    /** Shows only what differs: of two long lists nobody finds it. */
    private static void assertSame(List<String> actual, List<String> expected, String what) {
        List<String> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        List<String> surplus = new ArrayList<>(actual);
        expected.forEach(surplus::remove);
        assertThat(surplus).as("%s: surplus; missing are %s", what, missing).isEmpty();
        assertThat(missing).as("%s: missing", what).isEmpty();
    }

    /** What reconciliation says of all servers: nothing, until a row is falsified. */
    private void reconcile() throws SQLException {
        UsageReconciliation reconciliation = new UsageReconciliation(database.writer());
        assertThat(differing(reconciliation)).isZero();
        execute(
                "UPDATE usage_facts SET cost_micros = cost_micros + 1 WHERE (server_id, bucket, series_id) ="
                        + " (SELECT server_id, bucket, series_id FROM usage_facts LIMIT 1)");
        assertThat(differing(reconciliation)).isOne();
        execute(
                "DELETE FROM usage_facts WHERE (server_id, bucket) ="
                        + " (SELECT server_id, bucket FROM usage_facts ORDER BY cost_micros DESC LIMIT 1)");
        assertThat(differing(reconciliation)).isGreaterThan(1);
    }

    private static long differing(UsageReconciliation reconciliation) {
        long rows = 0;
        long differing = 0;
        Optional<UsageReconciliation.Finding> finding = reconciliation.next(0);
        while (finding.isPresent()) {
            rows += finding.get().rows();
            differing += finding.get().differing();
            finding = reconciliation.next(finding.get().serverId());
        }
        assertThat(rows).isGreaterThan(1_000);
        return differing;
    }

    @Test
    void namesBeyondTheLimitAreBookedTogetherAndNoSumChanges() throws SQLException {
        UUID unlimited = organisation();
        UUID limited = organisation();
        histories(2, unlimited).forEach(writers.getFirst()::write);
        try (HeartbeatStore narrow = writer(1_000, new UsageLimits(2, 1, 1, 1, 3))) {
            histories(2, limited).forEach(narrow::write);
        }
        String sums =
                "SELECT dimension, sum(cost_micros), sum(t.tokens), sum(calls), sum(estimated) FROM usage_facts t"
                        + " JOIN usage_series s ON s.id = series_id";
        assertThat(grouped(sums, limited))
                .hasSizeGreaterThan(2)
                .isEqualTo(grouped(sums, unlimited));
        String names =
                "SELECT dimension, count(DISTINCT series_id) FROM usage_facts t JOIN usage_series s ON s.id = series_id";
        assertThat(grouped(names, unlimited)).contains("(1,4)", "(5,8)");
        assertThat(grouped(names, limited)).contains("(1,3)", "(5,4)");
        assertThat(meters.counter("wolverine.usage.series.overflowed").count()).isPositive();
    }

    private List<String> grouped(String select, UUID organisation) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT r::text FROM ("
                                        + select
                                        + " WHERE s.org_id = '"
                                        + organisation
                                        + "' GROUP BY dimension) r ORDER BY 1")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    @Test
    void aQueueThatComesBackInOrderIsLateForThoseWhoFollowTheCommits() throws SQLException {
        UUID organisation = organisation();
        List<Heartbeat> history = GeneratedHistory.of(1, new Identity(organisation, "wlv_0"), END);
        writers.getFirst().write(history);
        assertThat(lateFrom()).isEmpty();
        List<Heartbeat> queue = GeneratedHistory.of(1, new Identity(organisation, "wlv_1"), END);
        writers.getFirst().write(queue.stream().map(ServerLedgersIT::receivedAtTheEnd).toList());
        assertThat(lateFrom()).containsExactly(queue.getFirst().timestamp());
    }

    private static Heartbeat receivedAtTheEnd(Heartbeat beat) {
        return new Heartbeat(
                beat.identity(),
                beat.timestamp(),
                END,
                beat.status(),
                beat.pid(),
                beat.uptimeSeconds(),
                beat.memoryMb(),
                beat.peakMemoryMb(),
                beat.cpuCentiPercent(),
                beat.healthyRoutes(),
                beat.unhealthyRoutes(),
                beat.slowestRouteMicros(),
                beat.flags(),
                beat.snapshot(),
                beat.snapshotHash());
    }

    private List<Instant> lateFrom() throws SQLException {
        List<Instant> late = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT unnest(late_from) FROM commits")) {
            while (row.next()) {
                late.add(row.getTimestamp(1).toInstant());
            }
        }
        return late;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<List<Heartbeat>> histories(long seed, UUID organisation) {
        List<List<Heartbeat>> histories = new ArrayList<>();
        for (int server = 0; server < SERVERS; server++) {
            histories.add(
                    GeneratedHistory.of(
                            seed * SERVERS + server,
                            new Identity(organisation, "wlv_" + server),
                            END));
        }
        return histories;
    }

    /** Every beat, shuffled as a whole or only nearby, some of them again, some contradicted. */
    private static List<Heartbeat> deliveries(long seed, List<List<Heartbeat>> histories) {
        Random random = new Random(seed);
        List<Heartbeat> all = new ArrayList<>();
        histories.forEach(all::addAll);
        for (int i = all.size() / 10; i > 0; i--) {
            Heartbeat beat = all.get(random.nextInt(all.size()));
            all.add(beat);
            rival(beat, all.get(random.nextInt(all.size()))).ifPresent(all::add);
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(all, random);
            return all;
        }
        all.sort(Comparator.comparing(Heartbeat::timestamp));
        for (int from = 0; from < all.size(); from += 20) {
            Collections.shuffle(all.subList(from, Math.min(all.size(), from + 20)), random);
        }
        return all;
    }

    /** A beat that says something else at the same time, and loses against it. */
    private static Optional<Heartbeat> rival(Heartbeat beat, Heartbeat other) {
        Heartbeat rival =
                new Heartbeat(
                        beat.identity(),
                        beat.timestamp(),
                        beat.receivedAt(),
                        other.status(),
                        other.pid(),
                        other.uptimeSeconds(),
                        other.memoryMb(),
                        other.peakMemoryMb(),
                        other.cpuCentiPercent(),
                        other.healthyRoutes(),
                        other.unhealthyRoutes(),
                        other.slowestRouteMicros(),
                        other.flags(),
                        other.snapshot(),
                        other.snapshotHash());
        return HeartbeatDigest.of(rival).compareTo(HeartbeatDigest.of(beat)) < 0
                ? Optional.of(rival)
                : Optional.empty();
    }

    /** In batches of any size, each by any of these writers. */
    private static void deliver(
            Random random, List<Heartbeat> beats, List<HeartbeatStore> writers) {
        for (int from = 0; from < beats.size(); ) {
            int to = Math.min(beats.size(), from + 1 + random.nextInt(30));
            write(writers.get(random.nextInt(writers.size())), beats.subList(from, to));
            from = to;
        }
    }

    /** Both writers at the same time, with beats of the same servers. */
    private void deliverAtOnce(long seed, List<Heartbeat> all) {
        List<List<Heartbeat>> shares = List.of(new ArrayList<>(), new ArrayList<>());
        Random random = new Random(seed);
        all.forEach(beat -> shares.get(random.nextInt(2)).add(beat));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                List<Heartbeat> share = shares.get(i);
                HeartbeatStore writer = writers.get(i);
                long own = seed + i;
                done.add(threads.submit(() -> deliver(new Random(own), share, List.of(writer))));
            }
            for (Future<?> each : done) {
                each.get(1, TimeUnit.MINUTES);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** As the group-commit writer does: again, where the storage gave up. */
    private static void write(HeartbeatStore writer, List<? extends LogEntry> batch) {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                writer.write(batch);
                return;
            } catch (StorageException.Unavailable e) {
                GAVE_UP.incrementAndGet();
            }
        }
        throw new AssertionError("twenty attempts failed");
    }

    private UUID organisation() throws SQLException {
        UUID organisation = UUID.randomUUID();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO organisations VALUES ('" + organisation + "', 'generated')");
        }
        return organisation;
    }

    private Connection connect() throws SQLException {
        var administration = testDatabase.administration();
        return DriverManager.getConnection(
                administration.url(), administration.user(), administration.password());
    }

    private List<String> rows(String table, UUID organisation) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT r::text FROM ("
                                        + table
                                        + " JOIN servers ON servers.id = t.server_id WHERE servers.org_id = '"
                                        + organisation
                                        + "') r ORDER BY 1")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
