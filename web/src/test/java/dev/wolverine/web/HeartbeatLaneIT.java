package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Heartbeats past the router: the same answers, for every way in which bytes can arrive. */
class HeartbeatLaneIT {

    /** A name that nobody knows makes the router answer. */
    private static final String BY_ROUTER = "X-Unheard-Of: 1\r\n";

    private static TestPlatform platform;
    private static String key;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        key = platform.key(Role.INGEST);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void answersAsTheRouterDoes() throws Exception {
        String viewer = platform.key(Role.VIEWER);
        List<String> requests =
                List.of(
                        request(key, "wlv_same", beat("wlv_same", 1)),
                        request(key, "wlv_same", beat("wlv_same", 1)),
                        request(key, "wlv_same", "not json"),
                        request(key, "wlv_same", ""),
                        request(key, "wlv_same", "{\"instanceId\":\"wlv_same\"}"),
                        request(key, "", beat("", 1)),
                        request(viewer, "wlv_same", beat("wlv_same", 2)),
                        request(
                                key,
                                "wlv_same",
                                beat("wlv_same", 1)
                                        .replace("\"version\":", "\"vers\\u0000ion\":")));
        for (String request : requests) {
            double taken = counter("wolverine_http_lane_requests_total");
            Answer ours = only(request);
            assertThat(counter("wolverine_http_lane_requests_total")).isEqualTo(taken + 1);
            Answer theirs = only(request.replace("Host:", BY_ROUTER + "Host:"));
            assertThat(counter("wolverine_http_lane_requests_total")).isEqualTo(taken + 1);

            assertThat(ours.status).as(request).isEqualTo(theirs.status);
            assertThat(ours.headers.keySet()).as(request).isEqualTo(theirs.headers.keySet());
            ours.headers.remove("content-length");
            theirs.headers.remove("content-length");
            assertThat(ours.headers).as(request).isEqualTo(theirs.headers);
            assertThat(shape(ours.body)).as(request).isEqualTo(shape(theirs.body));
        }
    }

    @Test
    void leavesStrangersToTheRouter() throws Exception {
        Answer answer = only(request("wlvk_o0000000000_no", "wlv_x", beat("wlv_x", 1)));

        assertThat(answer.status).isEqualTo(401);
        assertThat(answer.headers).containsEntry("www-authenticate", "Bearer");
        assertThat(answer.body).startsWith("{\"received\":false,\"error\":");
    }

    @Test
    void takesARequestHoweverItIsCut() throws Exception {
        String request = request(key, "wlv_cut", beat("wlv_cut", 7));
        try (Connection connection = new Connection()) {
            for (int cut = 1; cut < request.length(); cut += 3) {
                connection.send(request.substring(0, cut));
                connection.send(request.substring(cut));
                assertThat(connection.answer().status).as("cut at %d", cut).isEqualTo(200);
            }
        }
    }

    @Test
    void answersRequestsThatComeAtOnceInTheirOrder() throws Exception {
        try (Connection connection = new Connection()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append(request(key, "wlv_row", i % 10 == 3 ? "broken" : beat("wlv_row", i)));
            }
            connection.send(all.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(connection.answer().status).isEqualTo(i % 10 == 3 ? 400 : 200);
            }
        }
        assertThat(
                        platform.texts(
                                "SELECT count(*)::text FROM heartbeats JOIN servers ON servers.id = server_id WHERE instance_id = 'wlv_row'"))
                .containsExactly("180");
    }

    @Test
    void otherRequestsOnTheSameConnectionAreServed() throws Exception {
        String health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
        try (Connection connection = new Connection()) {
            connection.send(
                    request(key, "wlv_mix", beat("wlv_mix", 1))
                            + health
                            + request(key, "wlv_mix", beat("wlv_mix", 2)));
            assertThat(connection.answer().body).startsWith("{\"received\":true");
            assertThat(connection.answer().body).contains("\"status\"");
            assertThat(connection.answer().body).startsWith("{\"received\":true");
            connection.send(request(key, "wlv_mix", beat("wlv_mix", 3)) + health);
            assertThat(connection.answer().body).startsWith("{\"received\":true");
            assertThat(connection.answer().body).contains("\"status\"");
        }
    }

    @Test
    void closesWhenTheClientAsksForIt() throws Exception {
        try (Connection connection = new Connection()) {
            connection.send(
                    request(key, "wlv_last", beat("wlv_last", 1)).replace("keep-alive", "close"));
            Answer answer = connection.answer();
            assertThat(answer.status).isEqualTo(200);
            assertThat(answer.headers).containsEntry("connection", "close");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void refusesABodyThatIsTooLong() throws Exception {
        String request = request(key, "wlv_long", "").replace("Length: 0", "Length: 1048577");
        assertThat(only(request).status).isEqualTo(413);
    }

    @Test
    void takesTheLongestBody() throws Exception {
        String padded = beat("wlv_wide", 1);
        padded = padded.substring(0, padded.length() - 1) + " ".repeat(1_000_000) + "}";
        assertThat(only(request(key, "wlv_wide", padded)).status).isEqualTo(200);
    }

    private static double counter(String name) {
        return platform.registry()
                .scrape()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    /** The time in it, and whether it was there before, differ by nature. */
    private static String shape(String body) {
        return body.replaceAll("\\d{13}", "T").replace(",\"duplicate\":true", "");
    }

    private static final long START = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);

    private static String beat(String instance, int second) {
        return Beats.beat(instance, START + second * 1000L, 100).toString();
    }

    private static String request(String withKey, String instance, String body) {
        return """
        POST /api/v1/heartbeat HTTP/1.1\r
        Content-Type: application/json\r
        Content-Length: %d\r
        Authorization: Bearer %s\r
        X-Instance-Id: %s\r
        Host: 127.0.0.1\r
        Connection: keep-alive\r
        \r
        %s\
        """
                .formatted(body.getBytes(StandardCharsets.UTF_8).length, withKey, instance, body);
    }

    private static Answer only(String request) throws IOException {
        try (Connection connection = new Connection()) {
            connection.send(request);
            return connection.answer();
        }
    }

    private record Answer(int status, TreeMap<String, String> headers, String body) {}

    /** HTTP as bytes. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket = new Socket("127.0.0.1", platform.port());
        private final InputStream in = socket.getInputStream();

        Connection() throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        }

        Answer answer() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                lines.add(line);
            }
            TreeMap<String, String> headers = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            return new Answer(
                    Integer.parseInt(lines.getFirst().substring(9, 12)),
                    headers,
                    new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }

        boolean isClosed() throws IOException {
            return in.read() < 0;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("closed after: " + line);
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
