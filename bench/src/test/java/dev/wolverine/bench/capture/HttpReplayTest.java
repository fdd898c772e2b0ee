package dev.wolverine.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpReplayTest {
    private static final String CAPTURE =
            """
            {"receivedAt":1,"method":"POST","path":"//api/v1/heartbeat","conn":1,"status":200,"bytes":9,"headers":{"content-type":"application/json","content-length":"15","authorization":"Bearer old","x-instance-id":"wlv_1","host":"h","connection":"keep-alive"},"body":{"id": 1, "b":2}}
            {"receivedAt":2,"method":"POST","path":"/api/v1/register","conn":1,"status":200,"bytes":9,"headers":{"content-type":"application/json"},"body":{"instanceId":"wlv_1"}}
            """;

    @TempDir private Path directory;
    private final List<String> received = new ArrayList<>();
    private HttpServer server = createServer();
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(directory.resolve("a.ndjson"), CAPTURE);
        server.createContext(
                "/",
                exchange -> {
                    Map<String, String> headers = new TreeMap<>();
                    exchange.getRequestHeaders()
                            .forEach((name, values) -> headers.put(name, values.getFirst()));
                    received.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + headers.get("Authorization")
                                    + " "
                                    + headers.get("X-instance-id")
                                    + " "
                                    + new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void requestsGoAsTheyWereSentButForTheKey() throws Exception {
        ReplayReport report = replay();

        assertThat(received)
                .containsExactly(
                        "POST //api/v1/heartbeat Bearer new wlv_1 {\"id\": 1, \"b\":2}",
                        "POST /api/v1/register null null {\"instanceId\":\"wlv_1\"}");
        assertThat(report.heartbeats()).isOne();
        assertThat(report.failures()).isEmpty();
        assertThat(report.answers())
                .containsOnly(
                        Map.entry("//api/v1/heartbeat 200", 1),
                        Map.entry("/api/v1/register 200", 1));
    }

    @Test
    void aHeartbeatThatWasNotStoredIsAFailure() throws Exception {
        status = 202;

        assertThat(replay().failures()).singleElement().asString().startsWith("a.ndjson:1: 202");
    }

    private ReplayReport replay() throws Exception {
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return new HttpReplay(base, "new").run(List.of(directory));
    }

    private static HttpServer createServer() {
        try {
            return HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
