package dev.wolverine.alerts.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.SpendingFindings;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.UpdatePlatformAlive;
import dev.wolverine.db.postgres.UpsertDetectorStates;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Histories that are handed over, read, saved and loaded are all the same. */
@NullUnmarked
class InstanceHistoriesIT {

    private static final int SERVERS = 6;

    /** Well before now, so that every beat came late for nobody but who says so. */
    private final Instant start =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(20, ChronoUnit.HOURS);

    private final UUID organisation = UUID.randomUUID();
    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final HeartbeatStore store =
            new HeartbeatStore(
                    database.writer(),
                    new Partitions(database.owner()),
                    Clock.systemUTC(),
                    1_000,
                    QuarantineLimit.DEFAULT,
                    UsageLimits.DEFAULT,
                    new SimpleMeterRegistry());
    private final SelectCommits commits = new SelectCommits(database.writer());
    private Instant now = Instant.now();

    @BeforeEach
    void begin() throws SQLException {
        execute("INSERT INTO organisations (id, name) VALUES ('" + organisation + "', 'fleet')");
        new UpdatePlatformAlive(database.writer()).execute();
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
        testDatabase.close();
    }

    @Test
    void whatIsHandedOverReadOrBuiltIsTheSame() {
        InstanceHistories handed = loaded();
        InstanceHistories read = loaded();
        long cursor = commits.end();
        for (List<Heartbeat> batch : batches(new Random(1))) {
            CommittedBatch committed = store.write(batch);
            handed.committed(committed);
            follow(read, cursor);
            cursor = follow(handed, cursor);
        }
        InstanceHistories built = loaded();

        for (int serverId = 1; serverId <= SERVERS; serverId++) {
            assertThat(bytes(read, serverId)).isEqualTo(bytes(handed, serverId));
            assertThat(bytes(built, serverId)).isEqualTo(bytes(handed, serverId));
            assertThat(findings(read, serverId)).isEqualTo(findings(handed, serverId));
            assertThat(findings(built, serverId)).isEqualTo(findings(handed, serverId));
        }
        assertThat(findings(handed, 1).getFirst().condition()).isEqualTo(Condition.TRUE);
        assertThat(findings(handed, 2).get(1).condition()).isEqualTo(Condition.TRUE);
        assertThat(findings(handed, 3))
                .allSatisfy(finding -> assertThat(finding.condition()).isEqualTo(Condition.FALSE));
        assertThat(findings(handed, 4).get(2).condition()).isEqualTo(Condition.TRUE);
    }

    @Test
    void whoeverIsKilledBetweenSaveAndSaveMissesNothing() throws SQLException {
        InstanceHistories first = loaded();
        InstanceHistories uninterrupted = loaded();
        long cursor = commits.end();
        long saved = cursor;
        Random random = new Random(2);
        List<List<Heartbeat>> batches = batches(random);
        for (int i = 0; i < batches.size(); i++) {
            CommittedBatch committed = store.write(batches.get(i));
            first.committed(committed);
            uninterrupted.committed(committed);
            if (random.nextInt(4) == 0) {
                follow(uninterrupted, cursor);
                cursor = follow(first, cursor);
            }
            if (random.nextInt(15) == 0) {
                now = now.plus(Duration.ofMinutes(6));
                save(first, cursor);
                saved = cursor;
            }
            if (random.nextInt(40) == 0) {
                follow(uninterrupted, cursor);
                follow(first, cursor);
                first = loaded();
                cursor = commits.end();
                follow(first, saved);
            }
        }
        follow(uninterrupted, cursor);
        follow(first, cursor);

        for (int serverId = 1; serverId <= SERVERS; serverId++) {
            assertThat(bytes(first, serverId)).isEqualTo(bytes(uninterrupted, serverId));
            assertThat(findings(first, serverId)).isEqualTo(findings(uninterrupted, serverId));
        }
    }

    @Test
    void silenceCountsOnlyWhileThePlatformIsThere() {
        InstanceHistories histories = loaded();
        long cursor = commits.end();
        Instant time = now.minus(Duration.ofMinutes(20));
        for (int i = 0; i <= 20; i++) {
            store.write(List.of(Beats.of(identity(1)).at(time.plusSeconds(60L * i))));
        }
        follow(histories, cursor);
        assertThat(down(histories).condition()).isEqualTo(Condition.FALSE);

        live(histories, Duration.ofSeconds(70));
        assertThat(down(histories).condition()).isEqualTo(Condition.FALSE);
        now = now.plus(Duration.ofHours(1));
        live(histories, Duration.ofSeconds(20));
        assertThat(down(histories).condition()).isEqualTo(Condition.NO_DATA);
        live(histories, Duration.ofSeconds(80));
        assertThat(down(histories).condition()).isEqualTo(Condition.TRUE);
        assertThat(down(histories).summary()).startsWith("No heartbeat for ");

        InstanceHistories restarted = loaded();
        assertThat(down(restarted).condition()).isEqualTo(Condition.NO_DATA);
    }

    @Test
    void whatAnInstanceSaysOfItselfIsJudged() {
        InstanceHistories histories = loaded();
        long cursor = commits.end();
        Beats unwell =
                Beats.of(identity(1))
                        .routes(2, 3_000_000)
                        .status(ReportedStatus.DOWN)
                        .alerts(
                                "{\"type\":\"disk\",\"severity\":\"critical\",\"message\":\"full\"}");
        for (int i = 3; i > 0; i--) {
            store.write(List.of(unwell.at(now.minusSeconds(60L * i))));
        }
        follow(histories, cursor);

        assertThat(down(histories).summary()).isEqualTo("It says of itself that it is down.");
        assertThat(one(histories, RuleKind.ROUTE_DOWN, Map.of()).summary())
                .isEqualTo("2 routes are not healthy.");
        assertThat(one(histories, RuleKind.SLOW_ROUTE, Map.of()).summary())
                .startsWith("/orders answers in 3000 ms");
        assertThat(
                        one(
                                        histories,
                                        RuleKind.THRESHOLD,
                                        Map.of("field", "memory_mb", "value", "99"))
                                .summary())
                .isEqualTo("Memory mb is 100: above 99.");
        Finding reported = one(histories, RuleKind.CLIENT_ALERT, Map.of());
        assertThat(reported.labels()).containsEntry("alert", "disk");
        assertThat(reported.summary()).isEqualTo("It reports: full");
    }

    @Test
    void manyRestartsAtOnceAreAnEventOfTheFleet() {
        InstanceHistories histories = loaded();
        long cursor = commits.end();
        for (int minute = 10; minute > 0; minute--) {
            Instant time = now.minusSeconds(60L * minute);
            List<Heartbeat> batch = new ArrayList<>();
            for (int server = 1; server <= SERVERS; server++) {
                boolean isNew = minute < 3 && server <= 4;
                batch.add(Beats.of(identity(server)).process(isNew ? 2 : 1, start).at(time));
            }
            store.write(batch);
        }
        follow(histories, cursor);

        List<Finding> findings = judge(histories, 0, RuleKind.FLEET_EVENT, Map.of());
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().condition()).isEqualTo(Condition.TRUE);
        assertThat(findings.getFirst().serverId()).isEmpty();
        assertThat(findings.getFirst().summary()).startsWith("4 of 6 servers restarted within");
    }

    private InstanceHistories loaded() {
        InstanceHistories histories = new InstanceHistories(database.writer());
        histories.load(now);
        return histories;
    }

    private long follow(InstanceHistories histories, long from) {
        long cursor = from;
        while (true) {
            SelectCommits.Page page = commits.after(cursor);
            histories.follow(page, now);
            cursor = page.cursor();
            if (page.commits().isEmpty()) {
                return cursor;
            }
        }
    }

    private void live(InstanceHistories histories, Duration duration) {
        Instant until = now.plus(duration);
        while (now.isBefore(until)) {
            now = now.plusSeconds(10);
            new UpdatePlatformAlive(database.writer()).execute();
            follow(histories, commits.end());
        }
    }

    private void save(InstanceHistories histories, long cursor) throws SQLException {
        List<DetectorState> states = histories.toSave(cursor, now);
        try (Connection connection = database.writer().getConnection()) {
            UpsertDetectorStates.execute(connection, states);
        }
        histories.saved(states, now);
    }

    private Finding down(InstanceHistories histories) {
        return one(histories, RuleKind.SERVER_DOWN, Map.of());
    }

    private Finding one(InstanceHistories histories, RuleKind kind, Map<String, String> settings) {
        List<Finding> findings = judge(histories, 1, kind, settings);
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private List<Finding> judge(
            InstanceHistories histories,
            int serverId,
            RuleKind kind,
            Map<String, String> settings) {
        return new InstanceDetectors(histories, SpendingFindings.none())
                .judge(organisation, serverId, 1, kind, RuleParameters.of(kind, settings), now);
    }

    private List<Finding> findings(InstanceHistories histories, int serverId) {
        return List.of(
                judge(histories, serverId, RuleKind.MEMORY_LEAK, Map.of()).getFirst(),
                judge(histories, serverId, RuleKind.CRASH_LOOP, Map.of()).getFirst(),
                judge(histories, serverId, RuleKind.HEAL_LOOP, Map.of()).getFirst(),
                judge(histories, serverId, RuleKind.SERVER_DOWN, Map.of()).getFirst());
    }

    private List<String> bytes(InstanceHistories histories, int serverId) {
        InstanceHistory history = histories.of(organisation, serverId);
        return List.of(
                java.util.HexFormat.of().formatHex(history.memory().toBytes()),
                java.util.HexFormat.of().formatHex(history.restarts().toBytes()));
    }

    private Identity identity(int server) {
        return new Identity(organisation, "wlv_" + server);
    }

    /**
     * Until now, of one that leaks, one that crashes at last, one that is well, one whose repairs
     * do not help, and two that restart now and then; with queues that come late.
     */
    private List<List<Heartbeat>> batches(Random random) {
        int minutes = 20 * 60;
        Instant first = now.minusSeconds(60L * minutes);
        List<List<Heartbeat>> batches = new ArrayList<>();
        List<List<Heartbeat>> queued = new ArrayList<>();
        int[] pids = {0, 100, 200, 300, 400, 500, 600};
        for (int server = 0; server <= SERVERS; server++) {
            queued.add(new ArrayList<>());
        }
        for (int minute = 0; minute < minutes; minute++) {
            Instant time = first.plusSeconds(60L * minute).truncatedTo(ChronoUnit.SECONDS);
            List<Heartbeat> batch = new ArrayList<>();
            for (int server = 1; server <= SERVERS; server++) {
                if (server == 2 && minute > minutes - 30 && minute % 4 == 0
                        || server > 4 && random.nextInt(400) == 0) {
                    pids[server]++;
                }
                Beats beat =
                        Beats.of(identity(server))
                                .process(pids[server], first)
                                .memory(server == 1 ? 100 + minute / 4 : 100 + random.nextInt(10))
                                .repairs(
                                        server == 4 && minute > minutes - 50
                                                ? (minute - minutes + 60) / 10
                                                : 0);
                boolean isAway = server != 3 && (minute + 40 * server) % 300 < 40;
                if (isAway && minute < minutes - 60) {
                    queued.get(server).add(beat.at(time, time));
                    continue;
                }
                batch.add(beat.at(time));
                if (!queued.get(server).isEmpty()) {
                    List<Heartbeat> queue = queued.get(server);
                    if (server % 2 == 0) {
                        Collections.shuffle(queue, random);
                    }
                    for (int i = 0; i < queue.size(); i++) {
                        Heartbeat late = queue.get(i);
                        batch.add(received(late, time.plusMillis(50 + 3L * i)));
                    }
                    queue.clear();
                }
            }
            batches.add(batch);
        }
        return batches;
    }

    private static Heartbeat received(Heartbeat beat, Instant at) {
        return new Heartbeat(
                beat.identity(),
                beat.timestamp(),
                at,
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

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
