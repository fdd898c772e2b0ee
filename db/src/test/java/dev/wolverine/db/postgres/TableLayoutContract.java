package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.GeneratedHistory;
import dev.wolverine.db.ledger.StoredUsage;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.model.StorageLayout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every layout of the table of beats promises: the test of a layout extends this. */
@NullUnmarked
abstract class TableLayoutContract implements AutoCloseable {

    private static final Instant NOW =
            LocalDate.now(ZoneOffset.UTC).atTime(12, 0).toInstant(ZoneOffset.UTC);

    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private static final byte[] SNAPSHOT =
            SnapshotCodec.encode(
                    new Snapshot(
                            "5.2.9",
                            "layout",
                            null,
                            null,
                            null,
                            null,
                            Snapshot.Repairs.NONE,
                            new Snapshot.Totals(100L, null, null, null),
                            List.of(),
                            null,
                            new TreeMap<>(),
                            Snapshot.Backups.NONE,
                            List.of(),
                            new TreeMap<>()));

    private final TestDatabase testDatabase;
    final Database database;
    final Partitions partitions;
    private final HeartbeatStore store;
    private final StorageLayout.Kind kind;
    private UUID organisation;

    TableLayoutContract(
            StorageConfig.Layout layout, StorageConfig.Partitions period, StorageLayout.Kind kind) {
        this.kind = kind;
        testDatabase = TestDatabase.migrated(layout);
        database = new Database(testDatabase.config());
        partitions = new Partitions(database.owner(), period, Clock.systemUTC());
        store = store(partitions);
    }

    final HeartbeatStore store(Partitions partitions) {
        return new HeartbeatStore(
                database.writer(),
                partitions,
                Clock.systemUTC(),
                1_000,
                QuarantineLimit.DEFAULT,
                UsageLimits.DEFAULT,
                new SimpleMeterRegistry());
    }

    @BeforeEach
    void organisation() {
        organisation = UUID.randomUUID();
        execute("INSERT INTO organisations VALUES ('" + organisation + "', 'layouts')");
    }

    @AfterEach
    @Override
    public void close() {
        store.close();
        database.close();
        testDatabase.close();
    }

    @Test
    void theDatabaseSaysWhichLayoutItHas() throws SQLException {
        try (Connection connection = database.writer().getConnection()) {
            assertThat(SelectLayout.execute(connection).kind()).isEqualTo(kind);
        }
    }

    @Test
    void usageIsWhatBruteForceFindsWhateverTheOrderOfTheBeats() throws SQLException {
        List<Heartbeat> beats = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int server = 0; server < 4; server++) {
            List<Heartbeat> history =
                    GeneratedHistory.of(
                                    7 + server, new Identity(organisation, "wlv_" + server), NOW)
                            .stream()
                            .filter(beat -> beat.timestamp().isAfter(NOW.minus(TWO_DAYS)))
                            .toList();
            beats.addAll(history);
            expected.addAll(StoredUsage.expected(history));
        }
        int distinct = beats.size();
        assertThat(distinct).isGreaterThan(50);
        beats.addAll(beats.subList(0, distinct / 3));
        Collections.shuffle(beats, new Random(11));
        for (int from = 0; from < beats.size(); from += 40) {
            store.write(beats.subList(from, Math.min(beats.size(), from + 40)));
        }
        Collections.sort(expected);
        try (Connection connection = administration()) {
            assertThat(StoredUsage.rows(connection, organisation)).isEqualTo(expected);
        }
        assertThat(count("heartbeats")).isEqualTo(distinct);
    }

    @Test
    void theGreaterOfTwoThatContradictEachOtherIsKept() {
        assertThat(write(beat(NOW, 100))).containsExactly(AppendResult.STORED);
        assertThat(write(beat(NOW, 100))).containsExactly(AppendResult.DUPLICATE);
        assertThat(write(beat(NOW, 101), beat(NOW, 102), beat(NOW, 103)))
                .containsOnly(AppendResult.CONFLICT);
        assertThat(count("heartbeats")).isEqualTo(1);
        assertThat(count("heartbeat_quarantine")).isEqualTo(3);
    }

    @Test
    void whatIsPreparedAheadIsThereBeforeItIsWritten() {
        LocalDate day = LocalDate.ofInstant(NOW, ZoneOffset.UTC);
        partitions.ensure(Set.of(day, day.plusDays(1)));
        long before = relations();
        assertThat(write(beat(NOW, 100), beat(NOW.plus(Duration.ofDays(1)), 100)))
                .containsOnly(AppendResult.STORED);
        if (kind == StorageLayout.Kind.NATIVE) {
            assertThat(relations()).isEqualTo(before);
        }
    }

    @Test
    void beatsFromAnyTimeAreStored() {
        for (String time :
                List.of(
                        "1970-01-01T00:00:00Z",
                        "1999-12-31T23:59:59.999Z",
                        "2099-02-28T12:00:00Z",
                        "2024-02-29T00:00:00Z")) {
            assertThat(write(beat(Instant.parse(time), 100)))
                    .as(time)
                    .containsExactly(AppendResult.STORED);
            assertThat(write(beat(Instant.parse(time), 100)))
                    .as(time)
                    .containsExactly(AppendResult.DUPLICATE);
        }
    }

    @Test
    void retentionDropsWholeDaysAndNothingLater() {
        LocalDate horizon = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(5);
        Instant edge = horizon.atStartOfDay().toInstant(ZoneOffset.UTC);
        write(
                beat(edge.minus(Duration.ofDays(9)), 100),
                beat(edge.minusMillis(1), 101),
                beat(edge, 102),
                beat(NOW, 103));
        assertThat(partitions.dropDaysBefore(horizon)).isNotEmpty();
        assertThat(count("heartbeats")).isEqualTo(2);
        assertThat(count("snapshots")).isEqualTo(2);
        assertThat(partitions.dropDaysBefore(horizon)).isEmpty();
    }

    @Test
    void aBeatOfADayThatWasDroppedElsewhereIsStoredAndDroppedAgain() {
        LocalDate horizon = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(5);
        Instant old = horizon.atStartOfDay().toInstant(ZoneOffset.UTC).minusSeconds(60);
        write(beat("wlv_a", old, 100), beat("wlv_b", NOW, 100));
        Partitions elsewhere = new Partitions(database.owner());
        elsewhere.dropDaysBefore(horizon);
        assertThat(write(beat("wlv_c", old, 100), beat("wlv_b", NOW.plusSeconds(60), 101)))
                .containsOnly(AppendResult.STORED);
        elsewhere.dropDaysBefore(horizon);
        assertThat(count("heartbeats")).isEqualTo(2);
    }

    /** The log then puts it aside: see the contract of the log. */
    @Test
    void aBeatWhosePastWasDroppedIsRefusedForGood() {
        LocalDate horizon = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(5);
        Instant old = horizon.atStartOfDay().toInstant(ZoneOffset.UTC).minusSeconds(60);
        write(beat(old, 100));
        partitions.dropDaysBefore(horizon);
        assertThatThrownBy(() -> write(beat(old.minusSeconds(60), 100)))
                .isNotInstanceOf(StorageException.Unavailable.class);
        assertThat(write(beat(NOW, 101))).containsExactly(AppendResult.STORED);
    }

    @Test
    void whatFollowedFromBeatsOutlivesThem() {
        List<Heartbeat> history =
                GeneratedHistory.of(
                        3, new Identity(organisation, "wlv_a"), NOW.minus(Duration.ofDays(40)));
        store.write(history);
        long usage = count("usage_facts");
        partitions.dropDaysBefore(LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(30));
        assertThat(count("heartbeats")).isZero();
        assertThat(count("usage_facts")).isEqualTo(usage).isPositive();
        partitions.dropMonthsBefore(LocalDate.ofInstant(NOW, ZoneOffset.UTC).plusDays(40));
        assertThat(count("usage_facts")).isZero();
    }

    @Test
    void oldBeatsAreCompressedAndTakeMoreRepetitionsAndContradictions() {
        Instant old = NOW.minus(Duration.ofDays(3));
        List<Heartbeat> beats = new ArrayList<>();
        for (int minute = 0; minute < 300; minute++) {
            beats.add(beat(old.plusSeconds(minute * 60L), 100 + minute));
        }
        store.write(beats);
        write(beat(NOW, 1));
        List<String> compressed = partitions.compressBefore(NOW.minus(Duration.ofHours(26)));
        assertThat(compressed.isEmpty()).isEqualTo(kind == StorageLayout.Kind.NATIVE);
        assertThat(partitions.compressBefore(NOW.minus(Duration.ofHours(26)))).isEmpty();

        assertThat(count("heartbeats")).isEqualTo(301);
        assertThat(write(beat(old.plusSeconds(30), 7))).containsExactly(AppendResult.STORED);
        assertThat(write(beat(old.plusSeconds(60), 101))).containsExactly(AppendResult.DUPLICATE);
        for (int memory = 500; memory < 506; memory++) {
            assertThat(write(beat(old.plusSeconds(60), memory)))
                    .containsExactly(AppendResult.CONFLICT);
        }
        assertThat(count("heartbeats")).isEqualTo(302);

        assertThat(partitions.compressBefore(NOW.minus(Duration.ofHours(26))).isEmpty())
                .as("what came late is compressed too")
                .isEqualTo(kind == StorageLayout.Kind.NATIVE);
        assertThat(partitions.compressBefore(NOW.minus(Duration.ofHours(26)))).isEmpty();
        assertThat(count("heartbeats")).isEqualTo(302);
        partitions.dropDaysBefore(LocalDate.ofInstant(NOW, ZoneOffset.UTC));
        assertThat(count("heartbeats")).isEqualTo(1);
    }

    @Test
    void aBatchOverCompressedOpenAndNewTimeIsStoredWhole() {
        Instant old = NOW.minus(Duration.ofDays(3));
        write(beat(old, 1), beat(NOW, 1));
        partitions.compressBefore(NOW.minus(Duration.ofHours(26)));
        assertThat(
                        write(
                                beat(old, 1),
                                beat(old.plusMillis(1), 2),
                                beat(NOW, 1),
                                beat(NOW.plusMillis(1), 2),
                                beat(NOW.plus(Duration.ofDays(2)), 3)))
                .containsExactly(
                        AppendResult.DUPLICATE,
                        AppendResult.STORED,
                        AppendResult.DUPLICATE,
                        AppendResult.STORED,
                        AppendResult.STORED);
    }

    final List<AppendResult> write(Heartbeat... beats) {
        CommittedBatch committed = store.write(List.of(beats));
        return committed.results();
    }

    final Heartbeat beat(Instant timestamp, int memoryMb) {
        return beat("wlv_layout", timestamp, memoryMb);
    }

    final Heartbeat beat(String instance, Instant timestamp, int memoryMb) {
        int absent = Heartbeat.ABSENT;
        return new Heartbeat(
                new Identity(organisation, instance),
                timestamp.truncatedTo(ChronoUnit.MILLIS),
                NOW.plusSeconds(1),
                ReportedStatus.HEALTHY,
                100,
                60,
                memoryMb,
                absent,
                absent,
                absent,
                absent,
                absent,
                0,
                SNAPSHOT,
                SnapshotCodec.hash(SNAPSHOT));
    }

    final long count(String table) {
        return number("SELECT count(*) FROM " + table);
    }

    final long number(String sql) {
        try (Connection connection = administration();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    final Connection administration() throws SQLException {
        var server = testDatabase.administration();
        return DriverManager.getConnection(server.url(), server.user(), server.password());
    }

    private long relations() {
        return number("SELECT count(*) FROM pg_class WHERE relpersistence <> 't'");
    }

    private void execute(String sql) {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
