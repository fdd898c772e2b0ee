package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.embedded.DataDirectory;
import dev.wolverine.db.embedded.EmbeddedServers;
import dev.wolverine.db.embedded.PostgresProfile;
import dev.wolverine.db.embedded.PostgresServer;
import dev.wolverine.db.model.Role;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heartbeats over HTTP while the PostgreSQL behind the platform hangs, dies and comes back. */
class StorageAwayIT {

    /** The stock client gives up after 3 seconds at the earliest. */
    private static final Duration IN_TIME = Duration.ofSeconds(2);

    private DataDirectory directory;
    private PostgresServer postgres;
    private TestPlatform platform;
    private ApiClient client;
    private long timestamp = System.currentTimeMillis();

    @BeforeEach
    void start() throws IOException {
        Path path =
                Files.createTempDirectory(
                        "wolverine-test-",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x")));
        directory = DataDirectory.take(path);
        postgres =
                new EmbeddedServers(directory, EmbeddedServers.usualProgramsDirectory())
                        .startPostgres(PostgresProfile.small(), pid -> {});
        platform = TestPlatform.startOn(postgres.database());
        client = new ApiClient(platform, new Contract());
    }

    @AfterEach
    void stop() throws Exception {
        signal("CONT");
        platform.close();
        postgres.close();
        directory.close();
        try (Stream<Path> files = Files.walk(directory.path())) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }

    @Test
    void aPostgresThatHangsIsAnsweredWith503InTime() throws Exception {
        ApiClient known = client.withKey(platform.key(Role.INGEST));
        ApiClient unknown = client.withKey(platform.key(Role.INGEST));
        assertThat(send(known).statusCode()).isEqualTo(200);

        signal("STOP");
        refusedInTime(known);
        refusedInTime(unknown);

        signal("CONT");
        comesBack(known);
        comesBack(unknown);
    }

    @Test
    void aPostgresThatDiesIsAnsweredWith503InTimeUntilItIsBack() throws Exception {
        ApiClient known = client.withKey(platform.key(Role.INGEST));
        assertThat(send(known).statusCode()).isEqualTo(200);

        signal("KILL");

        comesBack(known);
        assertThat(client.withKey(platform.key(Role.VIEWER)).get("/ready").statusCode())
                .isEqualTo(200);
    }

    private void refusedInTime(ApiClient sender) {
        long start = System.nanoTime();
        HttpResponse<String> answer = send(sender);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
    }

    /** Every answer until it is back comes in time, and is a refusal. */
    private void comesBack(ApiClient sender) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> {
                    long start = System.nanoTime();
                    int status = send(sender).statusCode();
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
                    assertThat(status).isIn(200, 503);
                    return status == 200;
                });
    }

    private HttpResponse<String> send(ApiClient sender) {
        return sender.with("X-Instance-Id", "wlv_a")
                .post("/api/v1/heartbeat", Beats.beat("wlv_a", timestamp++, 1).encode());
    }

    /** To all processes of the server. */
    private void signal(String name) throws Exception {
        ProcessHandle postmaster = ProcessHandle.of(postgres.pid()).orElse(null);
        if (postmaster == null) {
            return;
        }
        for (ProcessHandle process :
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList()) {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        }
    }
}
