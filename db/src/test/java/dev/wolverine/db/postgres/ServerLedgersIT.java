package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.GeneratedHistory;
import dev.wolverine.db.ledger.StoredUsage;
import dev.wolverine.db.model.Heartbeat;
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
import java.util.List;
import java.util.Random;
import java.util.UUID;
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
    private static final int SEEDS = Integer.getInteger("ledger.seeds", 20);
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

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<HeartbeatStore> writers = List.of(writer(1_000), writer(3));

    private HeartbeatStore writer(int maxCachedServers) {
        return new HeartbeatStore(
                database.writer(),
                new Partitions(database.owner()),
                Clock.systemUTC(),
                maxCachedServers,
                QuarantineLimit.DEFAULT,
                UsageLimits.DEFAULT,
                meters);
    }

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
        for (long seed = 1; seed <= SEEDS; seed++) {
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
            deliver(seed, histories(seed, shuffled));
            Collections.sort(usage);
            cells += usage.size();
            assertSame(StoredUsage.rows(connect(), inOrder), usage, "seed " + seed);
            assertSame(StoredUsage.rows(connect(), shuffled), usage, "seed " + seed + ", shuffled");
            for (String table : TABLES) {
                assertSame(
                        rows(table, shuffled), rows(table, inOrder), "seed " + seed + ": " + table);
            }
        }
        System.out.printf(
                "%d fleets of %d servers (seeds 1 to %d), %d beats, %d rows of usage; late %.0f, misses %.0f, redone %.0f%n",
                SEEDS,
                SERVERS,
                SEEDS,
                beats,
                cells,
                meters.counter("wolverine.ledger.late.servers").count(),
                meters.counter("wolverine.ledger.cache.misses").count(),
                meters.counter("wolverine.ledger.beats.redone").count());
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

    /**
     * Shuffled as a whole or only nearby, with repetitions, in batches of any size, by either
     * writer.
     */
    private void deliver(long seed, List<List<Heartbeat>> histories) {
        Random random = new Random(seed);
        List<Heartbeat> all = new ArrayList<>();
        histories.forEach(all::addAll);
        for (int i = all.size() / 10; i > 0; i--) {
            all.add(all.get(random.nextInt(all.size())));
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(all, random);
        } else {
            all.sort(java.util.Comparator.comparing(Heartbeat::timestamp));
            for (int from = 0; from < all.size(); from += 20) {
                Collections.shuffle(all.subList(from, Math.min(all.size(), from + 20)), random);
            }
        }
        for (int from = 0; from < all.size(); ) {
            int to = Math.min(all.size(), from + 1 + random.nextInt(30));
            List<? extends LogEntry> batch = all.subList(from, to);
            writers.get(random.nextInt(writers.size())).write(batch);
            from = to;
        }
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
