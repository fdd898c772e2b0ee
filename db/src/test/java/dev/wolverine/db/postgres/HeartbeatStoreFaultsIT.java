package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every call of the write path fails in turn, and every answer is lost in turn: after writing
 * again, as the writer does, the tables are what they are without a fault.
 */
@NullUnmarked
class HeartbeatStoreFaultsIT {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /** A batch makes about twenty calls; a loop that goes on far beyond counts something else. */
    private static final int FAR_TOO_MANY = 100;

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final FaultyDataSource faults = new FaultyDataSource(database.writer());
    private final HeartbeatStore store =
            new HeartbeatStore(
                    faults.dataSource(),
                    new Partitions(database.owner()),
                    Clock.systemUTC(),
                    1_000,
                    QuarantineLimit.DEFAULT,
                    UsageLimits.DEFAULT,
                    new SimpleMeterRegistry());

    @AfterEach
    void close() {
        store.close();
        database.close();
        testDatabase.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallThatFailsAtAnyPlaceLosesNothingAndStoresNothingTwice(boolean onlyTheAnswer)
            throws SQLException {
        UUID sound = organisation();
        write(first(sound));
        write(second(sound));
        List<String> expected = tables(sound);
        assertThat(expected).hasSize(4 + 3 + 2 + 3 + 1 + 3 + 3 + 3);

        int call = 1;
        for (; call < FAR_TOO_MANY; call++) {
            UUID organisation = organisation();
            write(first(organisation));
            store.close();
            faults.failAt(call, onlyTheAnswer);
            CommittedBatch committed = writeUntilCommitted(second(organisation));
            boolean fired = faults.hasFired();
            faults.failAt(0, false);
            assertThat(committed.results().get(2)).isEqualTo(AppendResult.DUPLICATE);
            assertThat(committed.results().get(3))
                    .as("the second time it is there already")
                    .isIn(AppendResult.CONFLICT, AppendResult.DUPLICATE);
            assertThat(committed.results().get(4)).isEqualTo(AppendResult.QUARANTINED);
            assertThat(tables(organisation)).as("call %d", call).isEqualTo(expected);
            if (!fired) {
                break;
            }
        }
        System.out.printf("%d calls failed in turn%n", call - 1);
        assertThat(call).isBetween(10, FAR_TOO_MANY - 1);
    }

    @Test
    void whatWasRolledBackIsNotRemembered() throws SQLException {
        UUID organisation = organisation();
        for (int call = 1; call < FAR_TOO_MANY; call++) {
            store.close();
            faults.failAt(call, false);
            try {
                store.write(List.of(beat(organisation, "wlv_" + call, 0, 100)));
            } catch (StorageException.Unavailable e) {
                faults.failAt(0, false);
                store.write(List.of(beat(organisation, "wlv_" + call, 60, 100)));
                continue;
            }
            return;
        }
        assertThat(false).as("a call after which nothing fails").isTrue();
    }

    private void write(List<LogEntry> entries) {
        faults.failAt(0, false);
        store.write(entries);
    }

    private CommittedBatch writeUntilCommitted(List<LogEntry> entries) {
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                return store.write(entries);
            } catch (StorageException.Unavailable e) {
                assertThat(faults.hasFired()).isTrue();
            }
        }
        throw new AssertionError("one fault cannot fail three attempts");
    }

    private static List<LogEntry> first(UUID organisation) {
        return List.of(beat(organisation, "wlv_a", 0, 100), beat(organisation, "wlv_b", 0, 100));
    }

    /** New, new on a new server, a duplicate, a conflict, and one for quarantine. */
    private static List<LogEntry> second(UUID organisation) {
        return List.of(
                beat(organisation, "wlv_a", 60, 110),
                beat(organisation, "wlv_c", 60, 120),
                beat(organisation, "wlv_a", 0, 100),
                beat(organisation, "wlv_b", 0, 101),
                new QuarantinedBeat(
                        new Identity(organisation, "wlv_d"),
                        NOW,
                        QuarantineReason.MISSING_TIMESTAMP,
                        "timestamp is missing",
                        "application/json",
                        new byte[] {'{', '}'}));
    }

    private static Heartbeat beat(UUID organisation, String instance, int second, int memoryMb) {
        byte[] snapshot =
                SnapshotCodec.encode(
                        new Snapshot(
                                "5.2.9",
                                instance,
                                null,
                                null,
                                null,
                                null,
                                Snapshot.Repairs.NONE,
                                new Snapshot.Totals((long) memoryMb, null, null, null),
                                List.of(),
                                null,
                                new TreeMap<>(),
                                Snapshot.Backups.NONE,
                                List.of(),
                                new TreeMap<>()));
        int absent = Heartbeat.ABSENT;
        return new Heartbeat(
                new Identity(organisation, instance),
                NOW.plusSeconds(second),
                NOW.plusSeconds(second + 1),
                ReportedStatus.HEALTHY,
                absent,
                60 + second,
                memoryMb,
                absent,
                absent,
                absent,
                absent,
                absent,
                0,
                snapshot,
                SnapshotCodec.hash(snapshot));
    }

    private UUID organisation() throws SQLException {
        UUID organisation = UUID.randomUUID();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO organisations VALUES ('" + organisation + "', 'faulty')");
        }
        return organisation;
    }

    /** All rows of an organisation, without surrogate ids. */
    private List<String> tables(UUID organisation) throws SQLException {
        List<String> rows = new ArrayList<>();
        var administration = testDatabase.administration();
        try (Connection connection =
                        java.sql.DriverManager.getConnection(
                                administration.url(),
                                administration.user(),
                                administration.password());
                Statement statement = connection.createStatement()) {
            for (String table :
                    List.of(
                            "SELECT instance_id, ts, received_at, memory_mb, snapshot_hash"
                                    + " FROM heartbeats JOIN servers ON id = server_id WHERE org_id = '%s'",
                            "SELECT instance_id, ts, last_seen, memory_mb, tokens"
                                    + " FROM current_states JOIN servers ON id = server_id"
                                    + " WHERE servers.org_id = '%s'",
                            "SELECT instance_id, reason, encode(body, 'hex') FROM heartbeat_quarantine"
                                    + " WHERE org_id = '%s'",
                            "SELECT instance_id, day, hash FROM snapshots JOIN servers ON id = server_id"
                                    + " WHERE org_id = '%s' AND instance_id IN ('wlv_a', 'wlv_c')"
                                    + " AND content <> ''",
                            "SELECT instance_id, bucket, tokens, estimated FROM usage_facts"
                                    + " JOIN servers ON id = server_id WHERE org_id = '%s'",
                            "SELECT instance_id, ts, status, reason FROM status_log"
                                    + " JOIN servers ON id = server_id WHERE org_id = '%s'",
                            "SELECT instance_id, through, encode(state, 'hex') FROM server_ledgers"
                                    + " JOIN servers ON id = server_id WHERE org_id = '%s'",
                            "SELECT instance_id, day, encode(state, 'hex') FROM ledger_days"
                                    + " JOIN servers ON id = server_id WHERE org_id = '%s'")) {
                try (ResultSet row =
                        statement.executeQuery(
                                "SELECT t::text FROM ("
                                        + table.formatted(organisation)
                                        + ") t ORDER BY 1")) {
                    while (row.next()) {
                        rows.add(row.getString(1));
                    }
                }
            }
        }
        return rows;
    }
}
