package dev.wolverine.web.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.db.model.ApiKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherIT {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path directory;

    private Launcher launcher;

    @BeforeEach
    void openDirectory() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        launcher = new Launcher(directory.resolve("data"));
    }

    @AfterEach
    void stopEverything() {
        for (Launcher any : List.of(launcher, new Launcher(directory))) {
            any.processes().forEach(ProcessHandle::destroyForcibly);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> new Launcher(directory).processes().isEmpty());
    }

    @Test
    void startsSaysWhereItIsAndStops() throws Exception {
        Launcher.Result up = launcher.up();
        assertThat(up.exitCode()).as(up.errors()).isZero();
        assertThat(up.output()).contains("Ready after ").contains("WOLVERINE_PLATFORM_URL=http://");

        JsonNode status = launcher.status();
        assertThat(status.fieldNames())
                .toIterable()
                .containsExactly("http", "grpc", "database", "redis", "pids");
        assertThat(status.get("pids").fieldNames())
                .toIterable()
                .containsExactly("platform", "postgres", "redis");
        assertThat(status.get("http").textValue()).matches("http://127\\.0\\.0\\.1:\\d+");
        assertThat(status.get("grpc").textValue()).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(health(status)).isEqualTo(200);

        assertThat(launcher.call("down").exitCode()).isZero();
        assertThat(launcher.call("status").exitCode()).isEqualTo(3);
        assertThat(launcher.processes()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenKilledAndComesBackWithItsData() throws Exception {
        launcher.up();
        keepSomething();
        JsonNode before = launcher.status();
        kill(before, "platform");

        await().atMost(Duration.ofSeconds(60)).until(() -> launcher.processes().isEmpty());
        assertThat(launcher.call("status").exitCode()).isEqualTo(3);

        assertThat(launcher.up().exitCode()).isZero();
        assertThat(launcher.status().get("database")).isEqualTo(before.get("database"));
        assertThat(launcher.status().get("redis")).isEqualTo(before.get("redis"));
        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void startsAgainAtOnceAfterAKill() throws Exception {
        launcher.up();
        keepSomething();
        kill(launcher.status(), "platform");

        assertThat(launcher.up().exitCode()).isZero();
        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void bringsKilledServersBackByItself() throws Exception {
        launcher.up();
        keepSomething();
        JsonNode before = launcher.status();
        kill(before, "postgres");
        kill(before, "redis");

        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        restarted(before, launcher.status(), "postgres")
                                && restarted(before, launcher.status(), "redis"));
        assertThat(pid(launcher.status(), "platform")).isEqualTo(pid(before, "platform"));
        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void runsBesideAnotherOne() throws Exception {
        Launcher other = new Launcher(directory.resolve("other"));
        launcher.up();
        other.up();

        assertThat(health(launcher.status())).isEqualTo(200);
        assertThat(health(other.status())).isEqualTo(200);
        assertThat(launcher.call("down").exitCode()).isZero();
        assertThat(health(other.status())).isEqualTo(200);
    }

    @Test
    void refusesADirectoryInUse() throws Exception {
        launcher.up();
        long owner = pid(launcher.status(), "platform");

        Launcher.Result second = launcher.up();

        assertThat(second.exitCode()).isNotZero();
        assertThat(second.errors())
                .isEqualTo(
                        "platform: data.dir: %s is in use by the platform with process id %d (expected: a directory of this platform's own)%n"
                                .formatted(launcher.dataDirectory().toRealPath(), owner));
        assertThat(health(launcher.status())).isEqualTo(200);
    }

    @Test
    void stopsInGoodOrderOnCtrlC() throws Exception {
        ProcessBuilder builder = launcher.builder("up", "--http-port", "0", "--grpc-port", "0");
        // A build in the background ignores this signal, and what it starts would inherit that.
        builder.command().addAll(0, List.of("env", "--default-signal=INT"));
        Process platform = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var output = platform.inputReader()) {
            assertThat(output.readLine()).startsWith("Ready after ");
            keepSomething();
            new ProcessBuilder("kill", "-INT", Long.toString(platform.pid())).start().waitFor();
            assertThat(platform.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(launcher.processes()).isEmpty();
        assertThat(Files.readString(launcher.dataDirectory().resolve("logs/postgres.log")))
                .contains("database system is shut down");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--http.port=99999|http.port: 99999 from flag --http.port (expected: 0 to 65535, 0 for any free port)",
                "--grpc.port=x|grpc.port: x from flag --grpc.port (expected: a whole number)",
                "--htpp.port=80|--htpp.port: unknown flag (did you mean http.port?)",
                "--http.host=256.1.1.1|http.host: 256.1.1.1 from flag --http.host (expected: a loopback address, or tls.certificate and tls.key, or http.trusted-proxies)",
            })
    void saysWhichSettingIsWrong(String flag, String problem) throws Exception {
        Launcher.Result up = launcher.call("up", "--detach", flag);

        assertThat(up.exitCode()).isNotZero();
        assertThat(up.errors()).isEqualTo("platform: " + problem + "\n");
        assertThat(launcher.dataDirectory()).doesNotExist();
    }

    @Test
    void saysWhichVariableIsWrong() throws Exception {
        Launcher.Result up =
                new Launcher(
                                launcher.dataDirectory(),
                                Map.of("WOLVERINE_DATABASE_URL", "mysql://ann:s3cret@x/y"))
                        .up();

        assertThat(up.exitCode()).isNotZero();
        assertThat(up.errors())
                .isEqualTo(
                        "platform: database.url: *** from environment WOLVERINE_DATABASE_URL (expected: postgresql://user:password@host:port/name)\n");
    }

    @Test
    void saysThatTheDatabaseDoesNotAnswer() throws Exception {
        Launcher.Result up = launcher.up("--database.url=postgresql://ann:s3cret@127.0.0.1:1/x");

        assertThat(up.exitCode()).isNotZero();
        assertThat(up.errors())
                .isEqualTo(
                        "platform: database: Connection refused (expected: a PostgreSQL that lets us in and define tables; see database.url)\n");
        assertThat(launcher.processes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void saysWhichPortIsInUse(String group) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Launcher.Result up =
                    launcher.up(
                            "--" + group + ".host=127.0.0.1",
                            "--" + group + ".port=" + taken.getLocalPort());

            assertThat(up.exitCode()).isNotZero();
            assertThat(up.errors())
                    .isEqualTo(
                            "platform: %s.port: %d on 127.0.0.1 cannot be listened on: Address already in use (expected: a free port; 0 takes any)%n"
                                    .formatted(group, taken.getLocalPort()));
            assertThat(launcher.processes()).isEmpty();
            assertThat(launcher.dataDirectory()).doesNotExist();
        }
    }

    @Test
    void saysThatItCannotWrite() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        Launcher.Result up = new Launcher(file.resolve("data")).up();

        assertThat(up.exitCode()).isNotZero();
        assertThat(up.errors())
                .startsWith("platform: data.dir: " + file.resolve("data"))
                .contains("(expected: a directory that we can write to; ");
    }

    @Test
    void saysThatThereIsNobodyToRunServersAs() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        Path programs = Files.createDirectory(directory.resolve("bin"));
        for (String program :
                List.of(
                        "bash",
                        "cat",
                        "date",
                        "dirname",
                        "env",
                        "grep",
                        "id",
                        "kill",
                        "mktemp",
                        "nohup",
                        "readlink",
                        "rm",
                        "sed",
                        "sh",
                        "sleep")) {
            Files.copy(
                    found(program), programs.resolve(program), StandardCopyOption.COPY_ATTRIBUTES);
        }

        Launcher.Result up =
                new Launcher(launcher.dataDirectory(), Map.of("PATH", programs.toString())).up();

        assertThat(up.exitCode()).isNotZero();
        assertThat(up.errors())
                .startsWith(
                        "platform: user: root (the programs setpriv and setsid of util-linux are missing; expected: ");
        assertThat(launcher.processes()).isEmpty();
    }

    @Test
    void makesKeysThatWork() throws Exception {
        launcher.up();
        haveAnOrganisation();

        Launcher.Result created =
                launcher.call("keys", "create", "--name", "dock 7", "--role", "ingest");
        assertThat(created.exitCode()).as(created.errors()).isZero();
        ApiKey key = ApiKey.parse(created.output().strip()).orElseThrow();

        assertThat(launcher.call("keys", "list").output())
                .contains(key.id())
                .contains("ingest")
                .contains("dock 7")
                .contains("live")
                .doesNotContain(key.secret());
        assertThat(launcher.call("keys", "revoke", key.id()).exitCode()).isZero();
        assertThat(launcher.call("keys", "revoke", key.id()).exitCode()).isNotZero();
        assertThat(launcher.call("keys", "list").output()).contains("ended");

        assertThat(launcher.call("users", "invite", "ann@example.org", "--role", "admin").output())
                .startsWith("http://")
                .contains("/link#");
        assertThat(launcher.call("users", "reset", "owner@localhost").output()).contains("/link#");
        assertThat(launcher.call("users", "list").output()).contains("owner@localhost");
        assertThat(launcher.call("users", "disable", "owner@localhost").errors())
                .contains("is the last owner");
        assertThat(launcher.call("orgs", "create", "second", "--owner", "bob@example.org").output())
                .contains("/link#");
        assertThat(launcher.call("orgs", "list").output()).contains("default", "second");
        Launcher.Result verified = launcher.call("audit", "verify");
        assertThat(verified.exitCode()).isZero();
        assertThat(verified.output()).contains("default: intact, ", "second: intact, 2 records");
        assertThat(launcher.call("audit", "export", "--org", "default", "--format", "csv").output())
                .contains("key.revoke", "user.invite", "command line");
    }

    @Test
    void rotatesKeysAndLetsInstancesIn() throws Exception {
        launcher.up();
        haveAnOrganisation();
        String made =
                launcher.call(
                                "keys",
                                "create",
                                "--name",
                                "old",
                                "--role",
                                "ingest",
                                "--instance",
                                "wlv_a",
                                "--expires",
                                "90d")
                        .output()
                        .strip();
        String old = ApiKey.parse(made).orElseThrow().id();

        String rotated = launcher.call("keys", "rotate", old, "--overlap", "0s").output().strip();
        ApiKey next = ApiKey.parse(rotated).orElseThrow();
        assertThat(launcher.call("keys", "rotate", old).exitCode()).isNotZero();
        assertThat(launcher.call("keys", "split", next.id(), "--instance", "wlv_b").exitCode())
                .isZero();

        String url = launcher.call("enrol", "token", "--name", "docks").output().strip();
        assertThat(url).startsWith("http://").contains("/e/wlvk_e");
        assertThat(launcher.call("enrol", "tokens").output()).contains("docks").contains("0/100");
        assertThat(launcher.call("enrol", "window", "--for", "5m").output())
                .startsWith("Open until ");
        assertThat(launcher.call("enrol", "pending").output()).startsWith("ID ");
        assertThat(launcher.call("enrol", "window", "--close").output()).isEqualTo("Closed.\n");
        assertThat(launcher.call("enrol", "window", "--for", "2h").errors())
                .isEqualTo(
                        "platform: --for: 2h (expected: 60s to 3600s, as 90s, 10m, 24h or 7d)\n");
        assertThat(launcher.call("enrol", "collisions").exitCode()).isZero();
    }

    @Test
    void refusesKeysOfUnknownRoles() throws Exception {
        assertThat(launcher.call("keys", "create", "--name", "x", "--role", "king").errors())
                .isEqualTo(
                        "platform: --role: king (expected: ingest, viewer, operator or admin)\n");
    }

    @Test
    void saysThatNoPlatformRuns() throws Exception {
        Launcher.Result keys = launcher.call("keys", "list");

        assertThat(keys.exitCode()).isNotZero();
        assertThat(keys.errors()).startsWith("platform: data.dir: no platform runs in ");
        assertThat(launcher.call("down").exitCode()).isZero();
    }

    private void keepSomething() throws IOException, InterruptedException, SQLException {
        try (Connection database = launcher.database();
                Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE kept AS SELECT 1 AS n");
        }
    }

    private int kept() throws IOException, InterruptedException, SQLException {
        try (Connection database = launcher.database();
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private void haveAnOrganisation() throws IOException, InterruptedException, SQLException {
        try (Connection database = launcher.database();
                Statement statement = database.createStatement()) {
            statement.execute(
                    "INSERT INTO organisations (name) SELECT 'depot' WHERE NOT EXISTS (SELECT FROM"
                            + " organisations)");
        }
    }

    private static void kill(JsonNode status, String process) {
        assertThat(ProcessHandle.of(pid(status, process)).orElseThrow().destroyForcibly()).isTrue();
    }

    private static boolean restarted(JsonNode before, JsonNode now, String process) {
        return pid(now, process) != 0 && pid(now, process) != pid(before, process);
    }

    /** 0 while there is none. */
    private static long pid(JsonNode status, String process) {
        return status.get("pids").get(process).longValue();
    }

    private static int health(JsonNode status) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create(status.get("http").textValue() + "/health"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static Path found(String program) {
        return List.of("/usr/bin", "/bin").stream()
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
