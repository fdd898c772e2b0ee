package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.http.TrustedProxies;
import dev.wolverine.web.live.LiveSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that no HTTP library would be: slow, broken, or with something to hide. */
class TransportIT {

    private static final int DEADLINE_MILLIS = 1_000;

    private static TestPlatform platform;

    @BeforeAll
    static void start() {
        platform =
                TestPlatform.start(
                        new HttpSettings(
                                "127.0.0.1",
                                0,
                                Optional.empty(),
                                new TrustedProxies(List.of()),
                                false,
                                Duration.ofMillis(DEADLINE_MILLIS),
                                Duration.ofSeconds(30),
                                50),
                        LiveSettings.defaults());
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void aHeaderThatTricklesIsCutAtTheDeadline() throws Exception {
        try (Socket socket = connect()) {
            assertThat(
                            millisUntilClosed(
                                    socket, "GET /health HTTP/1.1\r\nHost: x\r\n", "X-Slow: 1\r\n"))
                    .isBetween(DEADLINE_MILLIS - 100L, DEADLINE_MILLIS + 2_000L);
        }
    }

    @Test
    void aBodyThatTricklesIsAnswered408AtTheDeadline() throws Exception {
        try (Socket socket = connect()) {
            String head =
                    "POST /api/v1/heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
                            + "Authorization: Bearer "
                            + platform.key(Role.INGEST)
                            + "\r\n\r\n";
            millisUntilClosed(socket, head, " ");
            assertThat(answered).startsWith("HTTP/1.1 408 ").contains("{\"received\":false");
        }
    }

    @Test
    void aSecondRequestOnTheSameConnectionHasADeadlineOfItsOwn() throws Exception {
        try (Socket socket = connect()) {
            String complete = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(complete.getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 200 ");
            await().pollDelay(Duration.ofMillis(DEADLINE_MILLIS + 500L)).until(() -> true);
            socket.getOutputStream().write(complete.getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 200 ");
            assertThat(millisUntilClosed(socket, "GET /health HTTP/1.1\r\n", "X-Slow: 1\r\n"))
                    .isBetween(DEADLINE_MILLIS - 100L, DEADLINE_MILLIS + 2_000L);
        }
    }

    @Test
    void brokenRequestsGetAProblemAndTheSecurityHeaders() throws Exception {
        for (String request :
                new String[] {
                    "NONSENSE\r\n\r\n",
                    "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /api/v1/servers HTTP/1.1\r\nHost: x\r\nBroken header\r\n\r\n",
                    "POST /api/v1/register HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"
                }) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                String answer = readSome(socket);
                assertThat(answer).as(request).matches("(?s)HTTP/1.[01] 400 .*");
                assertThat(answer).as(request).contains("application/problem+json");
                assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                        .as(request)
                        .contains("content-security-policy")
                        .doesNotContain("server:")
                        .doesNotContain("exception");
            }
        }
    }

    @Test
    void thePageOfAnotherNameDoesNotReadMetricsThroughTheLocalBrowser() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(
                            "GET /metrics HTTP/1.1\r\nHost: rebound.example:8080\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void textThatIsNotUtf8ClosesTheSocketWith1007() throws Exception {
        try (Socket socket = connect()) {
            String upgrade =
                    "GET /ws/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                            + "Authorization: Bearer "
                            + platform.key(Role.VIEWER)
                            + "\r\n\r\n";
            socket.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 101 ");
            // A final text frame of two bytes, masked with zeros.
            byte[] frame = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, (byte) 0xC3, (byte) 0x28};
            socket.getOutputStream().write(frame);
            StringBuilder received = new StringBuilder();
            while (closeCode(received.toString()) < 0) {
                received.append(readSome(socket));
            }
            assertThat(closeCode(received.toString())).isEqualTo(1007);
        }
    }

    @Test
    void aLiveSocketOutlivesTheDeadlineOfRequests() throws Exception {
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            for (int i = 0; i < 4; i++) {
                await().pollDelay(Duration.ofMillis(DEADLINE_MILLIS / 2)).until(() -> true);
                live.send("{\"op\":\"ping\"}");
            }
            await().untilAsserted(() -> assertThat(live.messages()).hasSize(5));
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void moreConnectionsThanTheBoundAreClosedAsTheyCome() throws Exception {
        java.util.List<Socket> sockets = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                sockets.add(connect());
            }
            // Which ones are over the bound is up to the event loops; other tests may hold a few.
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(sockets.stream().filter(TransportIT::isClosed).count())
                                    .isBetween(10L, 20L));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        await().atMost(Duration.ofSeconds(5))
                .until(() -> {
                    try (Socket socket = connect()) {
                        socket.getOutputStream()
                                .write(
                                        "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                        return readSome(socket).startsWith("HTTP/1.1 200 ");
                    }
                });
    }

    private String answered = "";

    /** Sends a beginning, then a byte or line now and then, until the other end has had enough. */
    private long millisUntilClosed(Socket socket, String beginning, String more)
            throws IOException {
        long start = System.nanoTime();
        socket.setSoTimeout(100);
        InputStream in = socket.getInputStream();
        StringBuilder received = new StringBuilder();
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        while (System.nanoTime() - start < Duration.ofSeconds(10).toNanos()) {
            try {
                int read = in.read();
                if (read < 0) {
                    break;
                }
                received.append((char) read);
            } catch (SocketTimeoutException e) {
                socket.getOutputStream().write(more.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                break;
            }
        }
        answered = received.toString();
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static String readSome(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        byte[] bytes = new byte[4096];
        int read = socket.getInputStream().read(bytes);
        return read < 0 ? "" : new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
    }

    /** Of a close frame among ISO 8859-1 characters, which are bytes. */
    private static int closeCode(String received) {
        int frame = received.indexOf(0x88);
        return frame < 0 || received.length() < frame + 4
                ? -1
                : received.charAt(frame + 2) << 8 | received.charAt(frame + 3);
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(5);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static Socket connect() throws IOException {
        return new Socket("127.0.0.1", platform.port());
    }
}
