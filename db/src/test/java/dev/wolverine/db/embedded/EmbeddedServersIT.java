package dev.wolverine.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.DatabaseConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

class EmbeddedServersIT {

    private static final int REDIS_MEMORY_MB = 16;

    private Path path;

    @BeforeEach
    void createDirectory() throws IOException {
        path = Files.createTempDirectory("wolverine-servers-").toRealPath();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        FileTrees.delete(path);
    }

    @Test
    void comesBackAfterAStopWithTheSameDataAndAddress() throws SQLException {
        String url;
        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory)) {
            url = postgres.database().url();
            execute(postgres.database(), "CREATE TABLE kept AS SELECT 1 AS n");
        }
        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory)) {
            assertThat(postgres.database().url()).isEqualTo(url);
            assertThat(count(postgres.database(), "kept")).isEqualTo(1);
        }
    }

    @Test
    void startsAKilledPostgresAgainWithWhatWasCommitted() throws SQLException {
        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory)) {
            execute(postgres.database(), "CREATE TABLE kept AS SELECT 1 AS n");
            long killed = postgres.pid();
            kill(killed);

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> postgres.pid() != killed && serves(postgres.database()));
            assertThat(count(postgres.database(), "kept")).isEqualTo(1);
        }
    }

    @Test
    void startsAKilledRedisAgainAtTheSameAddress() {
        try (DataDirectory directory = DataDirectory.take(path);
                RedisServer redis = redis(directory)) {
            long killed = redis.pid();
            kill(killed);

            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> redis.pid() != killed && answers(redis));
        }
    }

    @Test
    void leavesNoServerBehindWhenThePlatformIsKilledAndComesBack() throws Exception {
        Process platform = PlatformProcess.start(path);
        List<ProcessHandle> servers;
        try (var output = platform.inputReader()) {
            servers =
                    Stream.of(output.readLine().split(" "))
                            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                            .toList();
        }
        assertThat(servers).hasSize(2).allMatch(ProcessHandle::isAlive);
        platform.destroyForcibly().waitFor();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));

        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory);
                RedisServer redis = redis(directory)) {
            assertThat(count(postgres.database(), "kept")).isEqualTo(1);
            assertThat(answers(redis)).isTrue();
        }
    }

    @Test
    void stopsAServerThatTheKernelDidNotStop() throws Exception {
        PostgresServer forgotten;
        try (DataDirectory directory = DataDirectory.take(path)) {
            forgotten = postgres(directory);
        }
        ProcessHandle orphan = ProcessHandle.of(forgotten.pid()).orElseThrow();
        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory)) {
            assertThat(serves(postgres.database())).isTrue();
            assertThat(orphan.isAlive()).isFalse();
        } finally {
            forgotten.close();
        }
    }

    @Test
    void refusesASecondPlatform() {
        try (DataDirectory directory = DataDirectory.take(path)) {
            assertThatThrownBy(() -> DataDirectory.take(path))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessage(
                            "data.dir: %s is in use by the platform with process id %d (expected: a"
                                    + " directory of this platform's own)",
                            directory.path(), ProcessHandle.current().pid());
        }
    }

    @Test
    void keepsThePasswordsToItself() throws IOException {
        try (DataDirectory directory = DataDirectory.take(path);
                PostgresServer postgres = postgres(directory);
                RedisServer redis = redis(directory)) {
            String redisPassword = redis.uri().getUserInfo().substring(1);
            List<String> secrets = List.of(postgres.database().password(), redisPassword);

            for (long pid : List.of(postgres.pid(), redis.pid())) {
                assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")))
                        .doesNotContain(secrets);
            }
            try (Stream<Path> files = Files.walk(path)) {
                assertThat(
                                files.filter(Files::isRegularFile)
                                        .filter(file ->
                                                !file.startsWith(path.resolve("postgres/data")))
                                        .filter(file -> containsAny(file, secrets)))
                        .isNotEmpty()
                        .allSatisfy(file ->
                                assertThat(Files.getPosixFilePermissions(file))
                                        .isEqualTo(PosixFilePermissions.fromString("rw-------")));
            }
        }
    }

    @Test
    void runsInAUserNamespaceWhereTheSystemUserHasNoWay() throws IOException, SQLException {
        assumeThat(ServiceAccount.isRoot()).as("started by root").isTrue();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        try (DataDirectory directory = DataDirectory.take(path.resolve("inner"));
                PostgresServer postgres = postgres(directory);
                RedisServer redis = redis(directory)) {
            execute(postgres.database(), "CREATE TABLE kept AS SELECT 1 AS n");

            assertThat(count(postgres.database(), "kept")).isEqualTo(1);
            assertThat(answers(redis)).isTrue();
            assertThat(Files.getOwner(path.resolve("inner/postgres/data")).getName())
                    .isEqualTo("root");
        }
    }

    @Test
    void saysWhatKeepsTheServerFromStarting() throws IOException {
        try (DataDirectory directory = DataDirectory.take(path)) {
            postgres(directory).close();
            Files.writeString(path.resolve("postgres/custom.conf"), "shared_buffers = 'a lot'\n");
            Files.setPosixFilePermissions(
                    path.resolve("postgres/custom.conf"),
                    PosixFilePermissions.fromString("rw-r--r--"));

            assertThatThrownBy(() -> postgres(directory))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageStartingWith("postgres: does not start: ")
                    .hasMessageContaining("more in " + path.resolve("logs/postgres.log"));
        }
    }

    /** Another JVM with both servers, to be killed. */
    static final class PlatformProcess {

        private PlatformProcess() {}

        static Process start(Path path) throws IOException {
            return new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Dlogback.configurationFile=logback-quiet.xml",
                            PlatformProcess.class.getName(),
                            path.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        static void main(String[] arguments) throws Exception {
            DataDirectory directory = DataDirectory.take(Path.of(arguments[0]));
            PostgresServer postgres = postgres(directory);
            RedisServer redis = redis(directory);
            execute(postgres.database(), "CREATE TABLE kept AS SELECT 1 AS n");
            System.out.println(postgres.pid() + " " + redis.pid());
            Thread.currentThread().join();
        }
    }

    private static PostgresServer postgres(DataDirectory directory) {
        return servers(directory).startPostgres(PostgresProfile.small(), pid -> {});
    }

    private static RedisServer redis(DataDirectory directory) {
        return servers(directory).startRedis(REDIS_MEMORY_MB, pid -> {});
    }

    private static EmbeddedServers servers(DataDirectory directory) {
        return new EmbeddedServers(directory, EmbeddedServers.usualProgramsDirectory());
    }

    private static void kill(long pid) {
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    }

    private static boolean serves(DatabaseConfig database) {
        try (Connection connection = connect(database)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static boolean answers(RedisServer server) {
        try (Jedis redis = new Jedis(server.uri())) {
            return "PONG".equals(redis.ping());
        }
    }

    private static int count(DatabaseConfig database, String table) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void execute(DatabaseConfig database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(DatabaseConfig database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    private static boolean containsAny(Path file, List<String> texts) {
        try {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            return texts.stream().anyMatch(content::contains);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
