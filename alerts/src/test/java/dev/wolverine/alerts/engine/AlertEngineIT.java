package dev.wolverine.alerts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.lifecycle.Lifecycle;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.Silence;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.FaultyDataSource;
import dev.wolverine.db.postgres.LeaderLock;
import dev.wolverine.db.postgres.RuleStore;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectPlatformAlive;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;
import dev.wolverine.db.postgres.SilenceStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what detectors find to stored alerts and what is to be told, over a real database. */
@NullUnmarked
class AlertEngineIT {

    private static final int FAR_TOO_MANY = 200;

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final FaultyDataSource faults = new FaultyDataSource(database.writer());
    private final ScriptedMemory memory = new ScriptedMemory();
    private final AlertStore store = new AlertStore(database.writer());
    private final List<AlertEngine> engines = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private long nanos = 1;
    private int servers;

    @AfterEach
    void close() {
        engines.forEach(AlertEngine::close);
        database.close();
        testDatabase.close();
    }

    @Test
    void aFindingBecomesAnAlertThatEveryChannelIsToldOfAndIsResolvedWhenItIsOver() {
        UUID organisation = organisation();
        int server = server(organisation);
        AlertEngine engine = engine(database.writer());
        settle(engine);

        memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
        step(engine, 20);
        assertThat(rows("SELECT state, kind FROM alerts")).containsExactly("firing server_down");
        assertThat(rows("SELECT version, payload->>'state', payload->>'title' FROM outbox"))
                .containsExactly("1 firing Server down: wlv_1");

        memory.say(RuleKind.SERVER_DOWN, server, Condition.FALSE);
        step(engine, 20);
        assertThat(rows("SELECT state FROM alerts")).containsExactly("resolved");
        assertThat(rows("SELECT version, payload->>'state' FROM outbox ORDER BY version"))
                .containsExactly("1 firing", "2 resolved");
        assertThat(rows("SELECT seq, event FROM alert_events ORDER BY seq"))
                .containsExactly("1 rules_changed", "2 fired", "3 resolved");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whicheverCallFailsAlertsAreStoredAndToldOnce(boolean onlyTheAnswer) {
        AlertEngine engine = engine(faults.dataSource());
        settle(engine);
        int call = 1;
        boolean fired = true;
        for (; fired && call < FAR_TOO_MANY; call++) {
            int server = server(organisation());
            engine.forget();
            step(engine, 20);
            memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
            faults.failAt(call, onlyTheAnswer);
            step(engine, 20);
            fired = faults.hasFired();
            faults.failAt(0, false);
            step(engine, 20);
            memory.say(RuleKind.SERVER_DOWN, server, Condition.FALSE);
            step(engine, 20);
            assertThat(rows("SELECT state FROM alerts WHERE server_id = " + server))
                    .as("call %d", call)
                    .containsExactly("resolved");
            assertThat(
                            rows(
                                    "SELECT event FROM alert_events JOIN alerts ON alerts.id = alert_id"
                                            + " WHERE server_id = "
                                            + server
                                            + " ORDER BY seq"))
                    .as("call %d", call)
                    .containsExactly("fired", "resolved");
            assertThat(
                            rows(
                                    "SELECT payload->>'state' FROM outbox JOIN alerts USING (group_id)"
                                            + " WHERE server_id = "
                                            + server
                                            + " ORDER BY version"))
                    .as("call %d", call)
                    .containsExactly("firing", "resolved");
        }
        System.out.printf("%d calls failed in turn%n", call - 2);
        assertThat(call).isBetween(8, FAR_TOO_MANY - 1);
        assertThat(rows("SELECT DISTINCT max(seq) = count(*) FROM alert_events GROUP BY org_id"))
                .containsExactly("t");
    }

    @Test
    void oneOfTwoJudgesAndTheOtherTakesOverWhereItDied() {
        int server = server(organisation());
        AlertEngine first = engine(database.writer());
        settle(first);
        AlertEngine second = engine(database.writer());
        assertThat(second.tick()).isFalse();

        memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
        step(first, 20);
        first.close();
        step(second, 20);
        assertThat(second.leads()).isTrue();
        step(second, 400);
        assertThat(rows("SELECT state FROM alerts")).containsExactly("firing");
        assertThat(rows("SELECT version FROM outbox")).containsExactly("1");
    }

    @Test
    void whoBelievesToLeadButDoesNotStoresNothing() {
        organisation();
        AlertEngine engine = engine(database.writer());
        AlertBatch.Progress stale = store.progress(0, now);
        settle(engine);

        AlertBatch batch =
                new AlertBatch(
                        stale,
                        new AlertBatch.Progress(stale.cursor(), 5, now),
                        List.of(),
                        List.of());
        assertThat(store.write(batch)).isFalse();
    }

    @Test
    void aClockThatJumpsAndAPlatformThatWasAwayFireNothing() {
        int server = server(organisation());
        AlertEngine engine = engine(database.writer());
        settle(engine);
        now = now.plus(Duration.ofHours(2));
        memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
        step(engine, 20);
        step(engine, 20);
        assertThat(rows("SELECT state FROM alerts")).isEmpty();

        engine.close();
        AlertEngine after = engine(database.writer());
        step(after, 20);
        assertThat(rows("SELECT state FROM alerts")).isEmpty();
        for (int i = 0; i < 8; i++) {
            step(after, 20);
        }
        assertThat(rows("SELECT state FROM alerts")).as("still true").containsExactly("firing");
    }

    @Test
    void whatSomebodyDidInBetweenIsKept() {
        UUID organisation = organisation();
        int server = server(organisation);
        AlertEngine engine = engine(database.writer());
        settle(engine);
        memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
        step(engine, 20);
        UUID alert = UUID.fromString(rows("SELECT id FROM alerts").getFirst());

        store.change(
                organisation,
                alert,
                (before, ran) ->
                        new Lifecycle()
                                .act(
                                        before,
                                        new Lifecycle.Wish(
                                                Lifecycle.Action.ACKNOWLEDGE, null, "mine"),
                                        "user:a@example.org",
                                        new Moment(now, ran))
                                .map(step ->
                                        new AlertStore.ByHand(
                                                step.after().orElseThrow(),
                                                step.events(),
                                                AuditEntry.of(
                                                        organisation,
                                                        now,
                                                        "user:a@example.org",
                                                        "alert.acknowledge",
                                                        alert.toString(),
                                                        Map.of()))));
        step(engine, 20);
        assertThat(rows("SELECT acknowledged_by, told FROM alerts"))
                .containsExactly("user:a@example.org 2");
        assertThat(rows("SELECT payload->>'state' FROM outbox ORDER BY version"))
                .containsExactly("firing", "acknowledged");
    }

    @Test
    void nobodyIsToldOfWhatIsSilencedUntilTheSilenceEnds() {
        UUID organisation = organisation();
        int server = server(organisation);
        AlertEngine engine = engine(database.writer());
        settle(engine);
        new SilenceStore(database.writer())
                .create(
                        new Silence(
                                UUID.randomUUID(),
                                organisation,
                                false,
                                new TreeMap<>(Map.of("server", "wlv_*")),
                                "on purpose",
                                now.minusSeconds(1),
                                now.plusSeconds(100),
                                now,
                                "user:a@example.org"));
        memory.say(RuleKind.SERVER_DOWN, server, Condition.TRUE);
        step(engine, 20);
        assertThat(rows("SELECT state, silenced_by IS NOT NULL FROM alerts"))
                .containsExactly("firing t");
        assertThat(rows("SELECT version FROM outbox")).isEmpty();
        for (int i = 0; i < 6; i++) {
            step(engine, 20);
        }
        assertThat(rows("SELECT version FROM outbox")).containsExactly("1");
    }

    private AlertEngine engine(DataSource source) {
        AlertEngine engine =
                new AlertEngine(
                        new AlertEngine.Parts(
                                new AlertStore(source),
                                new RuleStore(source),
                                new SelectCommits(source),
                                new SelectPlatformAlive(source),
                                new LeaderLock(database.writer(), AlertEngine.LOCK),
                                memory,
                                new Fleet(
                                        new SelectServerStates(source),
                                        new SelectServerTags(source),
                                        (_, _, _) -> List.of())),
                        List.of(),
                        Optional.empty(),
                        clock(),
                        () -> nanos,
                        new SimpleMeterRegistry());
        engines.add(engine);
        return engine;
    }

    private Clock clock() {
        InstantSource source = () -> now;
        return source.withZone(ZoneOffset.UTC);
    }

    /** Until silence of a server is believed. */
    private void settle(AlertEngine engine) {
        for (int i = 0; i < 9; i++) {
            step(engine, 20);
        }
    }

    private void step(AlertEngine engine, int seconds) {
        int left = seconds;
        do {
            int part = Math.min(20, left);
            left -= part;
            now = now.plusSeconds(part);
            nanos += part * 1_000_000_000L;
            execute("UPDATE platform_alive SET alive_at = clock_timestamp()");
            try {
                engine.tick();
            } catch (StorageException e) {
                engine.forget();
            }
        } while (left > 0);
    }

    private UUID organisation() {
        UUID id = UUID.randomUUID();
        execute("INSERT INTO organisations (id, name) VALUES ('%s', 'o')".formatted(id));
        execute(
                """
                INSERT INTO channels (org_id, name, kind, settings, created_by)
                VALUES ('%s', 'hook', 'webhook', '{}', 'test')
                """
                        .formatted(id));
        return id;
    }

    private int server(UUID organisation) {
        String instance = "wlv_" + ++servers;
        execute(
                "INSERT INTO servers (org_id, instance_id, first_seen) VALUES ('%s', '%s', now())"
                        .formatted(organisation, instance));
        execute(
                """
                INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
                SELECT id, org_id, now(), now(), 0, 1, 0 FROM servers WHERE instance_id = '%s'
                """
                        .formatted(instance));
        return Integer.parseInt(
                rows("SELECT id FROM servers WHERE instance_id = '" + instance + "'").getFirst());
    }

    private void execute(String sql) {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private List<String> rows(String sql) {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.add(row.getString(i));
                }
                rows.add(String.join(" ", cells));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
