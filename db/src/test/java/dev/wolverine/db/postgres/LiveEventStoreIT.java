package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events in one order for all who read them, whoever publishes. */
class LiveEventStoreIT {

    private static final UUID OURS = UUID.randomUUID();
    private static final UUID THEIRS = UUID.randomUUID();

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final LiveEventStore store =
            new LiveEventStore(database.writer(), List.of(new RepairEvents(), new AuditEvents()));

    @BeforeEach
    void begin() throws SQLException {
        for (UUID organisation : List.of(OURS, THEIRS)) {
            execute("INSERT INTO organisations (id, name) VALUES ('%s', 'o')", organisation);
        }
        execute(
                """
                INSERT INTO servers (id, org_id, instance_id, first_seen) OVERRIDING SYSTEM VALUE
                VALUES (1, '%s', 'wlv_ours', now()), (2, '%s', 'wlv_theirs', now())
                """,
                OURS, THEIRS);
    }

    @AfterEach
    void close() {
        database.close();
        testDatabase.close();
    }

    @Test
    void eachOrganisationIsNumberedFromOneWithoutGaps() throws SQLException {
        audit(OURS, 1);
        audit(THEIRS, 1);
        audit(OURS, 2);
        assertThat(store.publish()).isEqualTo(3);
        audit(OURS, 3);
        assertThat(store.publish()).isEqualTo(1);
        assertThat(store.publish()).isZero();

        List<LiveEvent> events = store.after(0);
        assertThat(events).extracting(LiveEvent::id).containsExactly(1L, 2L, 3L, 4L);
        assertThat(events)
                .filteredOn(event -> event.organisationId().equals(OURS))
                .extracting(LiveEvent::sequence)
                .containsExactly(1L, 2L, 3L);
        assertThat(events.getFirst().content()).contains("\"action\": \"test\"");
        assertThat(store.start().heads()).containsEntry(OURS, 3L).containsEntry(THEIRS, 1L);
        assertThat(store.start().events()).isEqualTo(events);
    }

    @Test
    void aRepairIsToldOnceWithItsServer() throws SQLException {
        new Partitions(database.owner()).ensure(Set.of(LocalDate.of(2026, 11, 21)));
        execute(
                """
                INSERT INTO repairs (server_id, ts, repairs, successes, failures, tokens, cost_micros, last_success)
                VALUES (1, '2026-11-21T10:00:00.123Z', 2, 1, 1, 900, 1500, true)
                """);
        execute("INSERT INTO unpublished_repairs SELECT server_id, ts FROM repairs");

        assertThat(store.publish()).isEqualTo(1);
        assertThat(store.publish()).isZero();

        LiveEvent event = store.after(0).getFirst();
        assertThat(event.organisationId()).isEqualTo(OURS);
        assertThat(event.kind()).isEqualTo(LiveEvent.Kind.REPAIR);
        assertThat(event.instanceId()).isEqualTo("wlv_ours");
        assertThat(event.content())
                .contains("\"repairs\": 2", "\"time\": \"2026-11-21T10:00:00.123Z\"");
    }

    @Test
    void manyWhoPublishAtOnceLoseAndRepeatNothing() throws Exception {
        int entries = 400;
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<?>> done = new ArrayList<>();
            done.add(
                    threads.submit(() -> {
                        for (int i = 1; i <= entries; i++) {
                            audit(OURS, i);
                        }
                        return null;
                    }));
            for (int i = 0; i < 4; i++) {
                done.add(
                        threads.submit(() -> {
                            long cursor = 0;
                            while (cursor < entries) {
                                store.publish();
                                for (LiveEvent event : store.after(cursor)) {
                                    assertThat(event.id()).isEqualTo(cursor + 1);
                                    assertThat(event.sequence()).isEqualTo(cursor + 1);
                                    cursor = event.id();
                                }
                            }
                            return null;
                        }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
    }

    @Test
    void whatIsOldGoesAndNumbersGoOn() throws SQLException {
        audit(OURS, 1);
        store.publish();
        execute("UPDATE live_events SET published_at = now() - interval '6 minutes'");
        store.deleteOld();
        assertThat(store.after(0)).isEmpty();
        audit(OURS, 2);
        store.publish();

        assertThat(store.after(0)).extracting(LiveEvent::sequence).containsExactly(2L);
    }

    @Test
    void anotherEpochBeginsWhereTheNumbersDo() throws SQLException {
        String before = store.epoch();
        assertThat(store.epoch()).isEqualTo(before);
        execute("TRUNCATE live_progress, live_heads, live_events");

        assertThat(store.epoch()).isNotEqualTo(before);
    }

    @Test
    void alertsAreToldWithTheirServer() throws SQLException {
        execute("DROP TABLE IF EXISTS alerts, alert_events, alert_heads CASCADE");
        execute(
                """
                CREATE TABLE alerts (id uuid, kind text, server_id integer, subject text, state text, severity smallint, summary text);
                CREATE TABLE alert_events (org_id uuid, seq bigint, alert_id uuid, at timestamptz, event text, by text, note text);
                CREATE TABLE alert_heads (org_id uuid, seq bigint);
                GRANT ALL ON alerts, alert_events, alert_heads TO wolverine_writer
                """);
        execute(
                """
                INSERT INTO alerts (id, kind, server_id, subject, state, severity, summary)
                VALUES ('00000000-0000-0000-0000-00000000000a', 'server_down', 1, 'shop', 'firing', 3, 'down');
                INSERT INTO alert_events (org_id, seq, alert_id, at, event, by, note)
                VALUES ('%s', 1, '00000000-0000-0000-0000-00000000000a', now(), 'acknowledged', 'ann', '');
                INSERT INTO alert_heads (org_id, seq) VALUES ('%s', 1)
                """,
                OURS, OURS);
        LiveEventStore alerts = new LiveEventStore(database.writer(), List.of(new AlertEvents()));

        assertThat(alerts.publish()).isEqualTo(1);
        assertThat(alerts.publish()).isZero();

        LiveEvent event = alerts.after(0).getFirst();
        assertThat(event.kind()).isEqualTo(LiveEvent.Kind.ALERT);
        assertThat(event.instanceId()).isEqualTo("wlv_ours");
        assertThat(event.content())
                .contains("\"event\": \"acknowledged\"", "\"severity\": \"critical\"");
    }

    private void audit(UUID organisation, int sequence) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement(
                                """
                                WITH head AS (
                                    INSERT INTO audit_heads (org_id, seq, hash) VALUES (?, ?, '')
                                    ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq
                                )
                                INSERT INTO audit_log (org_id, seq, at, subject, action, target, detail, previous_hash, hash)
                                VALUES (?, ?, now(), 'test', 'test', 'test', '{}', '', '')
                                """)) {
            insert.setObject(1, organisation);
            insert.setLong(2, sequence);
            insert.setObject(3, organisation);
            insert.setLong(4, sequence);
            insert.executeUpdate();
        }
    }

    private void execute(String sql, Object... arguments) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(arguments.length == 0 ? sql : sql.formatted(arguments));
        }
    }
}
