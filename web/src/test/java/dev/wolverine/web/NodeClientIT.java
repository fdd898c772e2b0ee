package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client on the real Node.js, which sends what the stock one does, is let in by each of the three
 * doors, knowing of none.
 */
class NodeClientIT {

    private static TestPlatform platform;
    private static ApiClient admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        admin = new ApiClient(platform, new Contract()).withKey(platform.key(Role.ADMIN));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void withAPresetKey() throws Exception {
        try (Client client = new Client("wlv_preset", address(), platform.key(Role.INGEST))) {
            client.awaitStored(3);
            assertThat(client.said).doesNotContain("key", "waiting", "queued");
            assertThat(beats("wlv_preset")).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void byAnEnrolmentUrl() throws Exception {
        JsonObject token = json(admin.post("/api/v1/enrolment/tokens", "{\"name\":\"fleet\"}"));
        try (Client client = new Client("wlv_by_url", address() + token.getString("path"))) {
            client.awaitStored(3);
            assertThat(client.said).startsWith("key", "stored").doesNotContain("queued");
            assertThat(beats("wlv_by_url")).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void byApprovalWhileAPairingWindowIsOpen() throws Exception {
        try (Client client = new Client("wlv_paired", address())) {
            await().until(() -> client.said.contains("waiting"));
            admin.post("/api/v1/enrolment/window");
            await().until(() -> !pending().isEmpty());
            JsonObject waiting = pending().getJsonObject(0);
            assertThat(waiting.getString("instanceId")).isEqualTo("wlv_paired");
            assertThat(waiting.getString("name")).isEqualTo("name of wlv_paired");
            assertThat(client.said).doesNotContain("key");

            admin.post("/api/v1/enrolment/pending/" + waiting.getString("id") + "/approve");
            client.awaitStored(3);
            assertThat(client.said).doesNotContain("queued").containsOnlyOnce("key");
            assertThat(beats("wlv_paired")).isGreaterThanOrEqualTo(3);
        }
    }

    private static String address() {
        return "http://127.0.0.1:" + platform.port();
    }

    private static JsonArray pending() {
        return json(admin.get("/api/v1/enrolment/pending")).getJsonArray("pending");
    }

    private static int beats(String instanceId) {
        return Integer.parseInt(
                platform.texts(
                                "SELECT count(*) FROM heartbeats JOIN servers ON servers.id = server_id WHERE instance_id = '"
                                        + instanceId
                                        + "'")
                        .getFirst());
    }

    private static JsonObject json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return new JsonObject(answer.body());
    }

    /** The client's process; says what became of each of its tries. */
    private static final class Client implements AutoCloseable {

        private final List<String> said = new CopyOnWriteArrayList<>();
        private final Process process;

        Client(String instanceId, String url) throws IOException, URISyntaxException {
            this(instanceId, url, "");
        }

        Client(String instanceId, String url, String key) throws IOException, URISyntaxException {
            Path script =
                    Path.of(
                            Objects.requireNonNull(
                                            NodeClientIT.class.getResource("/client/client.mjs"))
                                    .toURI());
            ProcessBuilder node =
                    new ProcessBuilder("node", script.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT);
            node.environment().put("WOLVERINE_PLATFORM_URL", url);
            node.environment().put("WOLVERINE_INSTANCE_ID", instanceId);
            node.environment().put("INTERVAL_MS", "1000");
            node.environment().remove("WOLVERINE_PLATFORM_KEY");
            if (!key.isEmpty()) {
                node.environment().put("WOLVERINE_PLATFORM_KEY", key);
            }
            process = node.start();
            BufferedReader output = process.inputReader();
            Thread.startVirtualThread(() -> output.lines().forEach(said::add));
        }

        /** Whoever registered ten times in vain waits for a minute. */
        void awaitStored(int wanted) {
            await().atMost(Duration.ofSeconds(75))
                    .until(() -> said.stream().filter("stored"::equals).count() >= wanted);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
