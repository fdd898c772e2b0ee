package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.embedded.DataDirectory;
import dev.wolverine.db.embedded.EmbeddedServers;
import dev.wolverine.db.embedded.PostgresProfile;
import dev.wolverine.db.embedded.PostgresServer;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.ingest.decode.BeatReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Group commit while the storage refuses data, dies, hangs and comes back. */
@NullUnmarked
class GroupCommitWriterIT {

    private static final long NOW = System.currentTimeMillis();

    @Test
    void oneRowThatTheStorageRefusesIsIsolatedFromItsBatch() {
        try (Fixtures fixtures = new Fixtures()) {
            fixtures.execute("ALTER TABLE heartbeats ADD CHECK (memory_mb <> 666)");
            List<CompletionStage<IntakeResult>> results = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                byte[] beat = Heartbeats.json("wlv_" + i % 9, NOW + i, i == 123 ? 666 : 100);
                results.add(
                        fixtures.intake.acceptJson(fixtures.principal, null, beat, Instant.now()));
            }
            List<IntakeResult> settled = results.stream().map(Fixtures::await).toList();
            assertThat(settled.get(123))
                    .isEqualTo(new IntakeResult.Quarantined(QuarantineReason.UNSTORABLE));
            assertThat(settled).filteredOn(new IntakeResult.Stored(false)::equals).hasSize(299);
            assertThat(fixtures.rows("SELECT ts FROM heartbeats")).hasSize(299);
            assertThat(fixtures.rows("SELECT reason FROM heartbeat_quarantine")).hasSize(1);
        }
    }

    @Test
    void whoSpoiledABatchIsWrittenAloneFromThenOn() {
        try (Fixtures fixtures = new Fixtures()) {
            fixtures.execute("ALTER TABLE heartbeats ADD CHECK (memory_mb <> 666)");
            sendSpoiled(fixtures, 0);
            double halved = count(fixtures, "wolverine.writer.batches.halved");
            sendSpoiled(fixtures, 1_000);
            assertThat(count(fixtures, "wolverine.writer.batches.halved")).isEqualTo(halved);
            assertThat(count(fixtures, "wolverine.writer.entries.isolated")).isEqualTo(2);
            assertThat(fixtures.rows("SELECT ts FROM heartbeats")).hasSize(2 * 512);
        }
    }

    private static double count(Fixtures fixtures, String counter) {
        return fixtures.meters.get(counter).counter().count();
    }

    private static void sendSpoiled(Fixtures fixtures, long offset) {
        List<CompletionStage<IntakeResult>> results = new ArrayList<>();
        for (int i = 0; i <= 512; i++) {
            byte[] beat =
                    i == 256
                            ? Heartbeats.json("wlv_hostile", NOW + offset, 666)
                            : Heartbeats.json("wlv_" + i, NOW + offset, 100);
            results.add(fixtures.intake.acceptJson(fixtures.principal, null, beat, Instant.now()));
        }
        results.forEach(Fixtures::await);
    }

    @Test
    void aFullQueueRefusesInsteadOfGrowing() {
        IngestConfig defaults = IngestConfig.defaults();
        IngestConfig small =
                new IngestConfig(
                        1,
                        1_000,
                        defaults.batch(),
                        new IngestConfig.Queue(100, 1 << 20, Duration.ofMillis(1_700)),
                        defaults.stream(),
                        defaults.templates(),
                        defaults.clock(),
                        new IngestConfig.Rate(1, 20_000, 1, 20_000),
                        defaults.drain(),
                        defaults.memoryGate());
        try (Fixtures fixtures = new Fixtures(small)) {
            List<CompletionStage<IntakeResult>> results = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                results.add(
                        fixtures.intake.acceptJson(
                                fixtures.principal,
                                null,
                                Heartbeats.json("wlv_a", NOW + i, 100),
                                Instant.now()));
            }
            List<IntakeResult> settled = results.stream().map(Fixtures::await).toList();
            long stored = settled.stream().filter(IntakeResult.Stored.class::isInstance).count();
            long refused = settled.stream().filter(IntakeResult.Refused.class::isInstance).count();
            assertThat(refused).isPositive();
            assertThat(stored + refused).isEqualTo(20_000);
            assertThat(fixtures.rows("SELECT ts FROM heartbeats"))
                    .hasSizeGreaterThanOrEqualTo((int) stored);
            assertThat(fixtures.meters.get("wolverine.writer.queue.bytes").gauge().value())
                    .isZero();
        }
    }

    @Test
    void refusesInTimeWhileTheStorageIsAwayAndHealsByItself() throws Exception {
        try (Storage storage = new Storage()) {
            Set<Instant> acknowledged = new HashSet<>();
            ConcurrentLinkedQueue<Duration> waits = new ConcurrentLinkedQueue<>();
            assertThat(storage.send(0, waits)).isInstanceOf(IntakeResult.Stored.class);

            ProcessHandle.of(storage.postgres.pid()).orElseThrow().destroyForcibly();
            storage.sendUntil(IntakeResult.Stored.class, 1, acknowledged, waits);
            assertThat(acknowledged).isNotEmpty();

            signal("STOP", storage.postgres.pid());
            storage.stopBackends("STOP");
            assertThat(storage.send(100_000, waits)).isInstanceOf(IntakeResult.Refused.class);
            storage.stopBackends("CONT");
            signal("CONT", storage.postgres.pid());
            storage.sendUntil(IntakeResult.Stored.class, 200_000, acknowledged, waits);

            assertThat(waits).allMatch(wait -> wait.toMillis() < 2_000);
            assertThat(storage.timestamps()).containsAll(acknowledged);
        }
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    /** An intake on a PostgreSQL of its own, which a test may mistreat. */
    private static final class Storage implements AutoCloseable {
        private final DataDirectory directory;
        private final PostgresServer postgres;
        private final Database database;
        private final GroupCommitWriter writer;
        private final HeartbeatIntake intake;
        private final Principal principal;

        Storage() throws Exception {
            Path path =
                    Files.createTempDirectory(
                            "wolverine-test-",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwxr-xr-x")));
            directory = DataDirectory.take(path);
            postgres =
                    new EmbeddedServers(directory, EmbeddedServers.usualProgramsDirectory())
                            .startPostgres(PostgresProfile.small(), _ -> {});
            DatabaseConfig config = postgres.database();
            database = new Database(config);
            database.migrate();
            UUID organisation = UUID.randomUUID();
            try (Connection connection = database.owner().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "INSERT INTO organisations VALUES ('" + organisation + "', 'mistreated')");
            }
            principal = new Principal(organisation, Role.INGEST, "key:x", null);
            Partitions partitions = new Partitions(database.owner());
            writer =
                    new GroupCommitWriter(
                            IngestConfig.defaults(),
                            () ->
                                    new HeartbeatStore(
                                            database.writer(),
                                            partitions,
                                            Clock.systemUTC(),
                                            1_000,
                                            QuarantineLimit.DEFAULT,
                                            UsageLimits.DEFAULT,
                                            new SimpleMeterRegistry()),
                            List.of(),
                            RandomGenerator.getDefault(),
                            new SimpleMeterRegistry());
            intake =
                    new HeartbeatIntake(
                            writer,
                            new Admission(
                                    IngestConfig.defaults(),
                                    HeapReading::now,
                                    System::nanoTime,
                                    RandomGenerator.getDefault(),
                                    new SimpleMeterRegistry()),
                            new InstanceNames(
                                    new SelectInstancesByName(database.writer()),
                                    Thread::startVirtualThread,
                                    System::nanoTime),
                            new BeatReader(
                                    1 << 24,
                                    RandomGenerator.getDefault(),
                                    new SimpleMeterRegistry()),
                            IngestConfig.defaults().clock(),
                            Fixtures.RETENTION,
                            new SimpleMeterRegistry());
        }

        IntakeResult send(int number, ConcurrentLinkedQueue<Duration> waits) {
            long start = System.nanoTime();
            IntakeResult result =
                    Fixtures.await(
                            intake.acceptJson(
                                    principal,
                                    null,
                                    Heartbeats.json("wlv_a", NOW + number, 100),
                                    Instant.now()));
            waits.add(Duration.ofNanos(System.nanoTime() - start));
            return result;
        }

        void sendUntil(
                Class<? extends IntakeResult> wanted,
                int first,
                Set<Instant> acknowledged,
                ConcurrentLinkedQueue<Duration> waits) {
            int[] next = {first};
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        int number = next[0]++;
                        IntakeResult result = send(number, waits);
                        if (result instanceof IntakeResult.Stored) {
                            acknowledged.add(Instant.ofEpochMilli(NOW + number));
                        }
                        return wanted.isInstance(result);
                    });
        }

        void stopBackends(String name) throws Exception {
            for (ProcessHandle child :
                    ProcessHandle.of(postgres.pid()).orElseThrow().descendants().toList()) {
                signal(name, child.pid());
            }
        }

        Set<Instant> timestamps() throws Exception {
            Set<Instant> timestamps = new HashSet<>();
            try (Connection connection = database.owner().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT ts FROM heartbeats")) {
                while (rows.next()) {
                    timestamps.add(rows.getTimestamp(1).toInstant());
                }
            }
            return timestamps;
        }

        @Override
        public void close() throws Exception {
            writer.close();
            database.close();
            postgres.close();
            directory.close();
            try (var files = Files.walk(directory.path())) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }
}
