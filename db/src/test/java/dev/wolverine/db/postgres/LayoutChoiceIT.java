package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.StorageLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Which layout a database gets, and what needs several sessions of a PostgreSQL to be seen. */
@NullUnmarked
class LayoutChoiceIT {

    private static final long PACE_NANOS = 200_000_000;
    private static final LocalDate DAY = LocalDate.of(2026, 3, 31);

    @Test
    void aServerWithoutTimescaleGetsNativePartitionsAndSaysWhy() throws SQLException {
        try (TestDatabase test = TestDatabase.create();
                Database database = new Database(test.config())) {
            assumeFalse(offersTimescale(database), "the server has TimescaleDB");
            StorageLayout layout = database.migrate();
            assertThat(layout.kind()).isEqualTo(StorageLayout.Kind.NATIVE);
            assertThat(layout.columnstore()).isFalse();
            assertThat(layout.reason()).isEqualTo("the server has no TimescaleDB");
        }
    }

    @Test
    void askingForWhatTheServerDoesNotHaveIsAnErrorThatSaysSo() throws SQLException {
        try (TestDatabase test = TestDatabase.create();
                Database database = new Database(test.config())) {
            assumeFalse(offersTimescale(database), "the server has TimescaleDB");
            assertThatThrownBy(() -> database.migrate(with(StorageConfig.Layout.TIMESCALE)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(
                            "expected: native, because the server has no TimescaleDB");
            assertThat(database.migrate().kind()).isEqualTo(StorageLayout.Kind.NATIVE);
        }
    }

    @Test
    void aDatabaseThatHasBeatsKeepsWhatItHas() throws SQLException {
        try (TestDatabase test = TestDatabase.create();
                Database database = new Database(test.config())) {
            Flyway.configure()
                    .dataSource(database.owner())
                    .locations("classpath:db/migration")
                    .target("6")
                    .load()
                    .migrate();
            execute(
                    database,
                    """
                    CREATE TABLE heartbeats_20260331 PARTITION OF heartbeats
                        FOR VALUES FROM ('2026-03-31 00:00+00') TO ('2026-04-01 00:00+00');
                    INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, flags, status)
                        VALUES ('2026-03-31 12:00+00', now(), 1, 1, 0, 1)
                    """);
            StorageLayout layout = database.migrate();
            assertThat(layout.kind()).isEqualTo(StorageLayout.Kind.NATIVE);
            assertThat(number(database, "SELECT count(*) FROM heartbeats")).isEqualTo(1);
            assertThat(database.migrate()).isEqualTo(layout);
        }
    }

    @Test
    void aLargeFleetGetsHoursAndEachDayKeepsWhatItHas() throws SQLException {
        try (TestDatabase test = TestDatabase.migrated(StorageConfig.Layout.NATIVE);
                Database database = new Database(test.config())) {
            new Partitions(database.owner()).ensure(Set.of(DAY));
            execute(
                    database,
                    """
                    SET ROLE wolverine_writer;
                    INSERT INTO organisations VALUES ('00000000-0000-0000-0000-000000000001', 'large');
                    INSERT INTO servers (org_id, instance_id, first_seen)
                        SELECT '00000000-0000-0000-0000-000000000001', 'wlv_' || n, now() FROM generate_series(1, 40001) n;
                    INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
                        SELECT id, org_id, now(), now(), 0, 1, 0 FROM servers;
                    RESET ROLE
                    """);
            new Partitions(database.owner()).ensure(Set.of(DAY, DAY.plusDays(1)));
            assertThat(partitionsOf(database, "20260331")).isEqualTo(1);
            assertThat(partitionsOf(database, "20260401")).isEqualTo(24);

            execute(database, "TRUNCATE server_states");
            Partitions smaller = new Partitions(database.owner());
            smaller.ensure(Set.of(DAY, DAY.plusDays(1), DAY.plusDays(2)));
            assertThat(partitionsOf(database, "20260401")).isEqualTo(24);
            assertThat(partitionsOf(database, "20260402")).isEqualTo(1);

            assertThat(smaller.dropDaysBefore(DAY.plusDays(2)))
                    .filteredOn(name -> name.startsWith("heartbeats_"))
                    .hasSize(25);
        }
    }

    @Test
    void aReaderKeepsAPartitionForTheNextTimeAndWritersAreNotHeldUp() throws SQLException {
        try (TestDatabase test = TestDatabase.migrated(StorageConfig.Layout.NATIVE);
                Database database = new Database(test.config());
                Connection reader = database.writer().getConnection()) {
            Partitions partitions = new Partitions(database.owner());
            partitions.ensure(Set.of(DAY));
            reader.setAutoCommit(false);
            try (Statement statement = reader.createStatement()) {
                statement.executeQuery("SELECT count(*) FROM heartbeats").close();
                long began = System.nanoTime();
                assertThat(partitions.dropDaysBefore(DAY.plusDays(1)))
                        .noneMatch(name -> name.startsWith("heartbeats_"));
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(Duration.ofSeconds(5));
            } finally {
                reader.rollback();
            }
            assertThat(partitions.dropDaysBefore(DAY.plusDays(1))).contains("heartbeats_20260331");
        }
    }

    /** A replay into days that retention takes away meanwhile, over and over. */
    @Test
    void whatIsWrittenIntoADayThatIsBeingDroppedIsStoredOrRefusedForGood() throws Exception {
        try (NativeLayoutIT layout = new NativeLayoutIT()) {
            layout.organisation();
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger drops = new AtomicInteger();
            Partitions elsewhere =
                    new Partitions(
                            layout.database.owner(),
                            StorageConfig.Partitions.AUTO,
                            Clock.systemUTC());
            CompletableFuture<Void> dropping =
                    CompletableFuture.runAsync(() -> {
                        while (!over.get()) {
                            drops.addAndGet(elsewhere.dropDaysBefore(DAY.plusDays(1)).size());
                            LockSupport.parkNanos(PACE_NANOS);
                        }
                    });
            int stored = 0;
            int refused = 0;
            Instant noon = DAY.atTime(12, 0).toInstant(ZoneOffset.UTC);
            for (int n = 0; n < 40 || drops.get() < 10; n++) {
                try {
                    assertThat(layout.write(layout.beat("wlv_" + n, noon, 100)))
                            .containsExactly(AppendResult.STORED);
                    stored++;
                } catch (StorageException.RejectedData e) {
                    refused++;
                }
            }
            over.set(true);
            await().until(dropping::isDone);
            dropping.join();
            assertThat(layout.write(layout.beat("wlv_last", noon, 100)))
                    .containsExactly(AppendResult.STORED);
            System.out.printf(
                    "%d stored and %d refused while %d partitions went%n",
                    stored, refused, drops.get());
            assertThat(stored + refused).isGreaterThanOrEqualTo(40);
        }
    }

    private static StorageConfig with(StorageConfig.Layout layout) {
        StorageConfig usual = StorageConfig.defaults();
        return new StorageConfig(layout, usual.partitions(), usual.chunk(), usual.compressAfter());
    }

    private static boolean offersTimescale(Database database) throws SQLException {
        return number(
                        database,
                        "SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'")
                > 0;
    }

    private static long partitionsOf(Database database, String day) throws SQLException {
        return number(
                database,
                "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'heartbeats\\_"
                        + day
                        + "%'");
    }

    private static long number(Database database, String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(Database database, String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
