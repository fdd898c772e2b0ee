package dev.wolverine.web.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.web.lane.HeartbeatHead.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatHeadTest {

    private static final String HEAD =
            """
            POST /api/v1/heartbeat HTTP/1.1\r
            Content-Type: application/json\r
            Content-Length: 1228\r
            authorization: Bearer wlvk_x\r
            X-Instance-Id:  wlv_22082490e2c0 \r
            Host: 127.0.0.1:8080\r
            Connection: keep-alive\r
            \r
            """;

    @Test
    void readsWhatTheClientSends() {
        assertThat(read(HEAD + "{}"))
                .isEqualTo(
                        new Reading.Complete(
                                new HeartbeatHead(
                                        HEAD.length(), 1228, "wlvk_x", "wlv_22082490e2c0", false)));
        assertThat(read(HEAD.replace("keep-alive", "Close")))
                .extracting(reading -> ((Reading.Complete) reading).head().last())
                .isEqualTo(true);
        assertThat(read(HEAD.replace("/api", "//api"))).isInstanceOf(Reading.Complete.class);
    }

    @Test
    void waitsForTheRestWhereverItIsCut() {
        for (int length = 0; length < HEAD.length(); length++) {
            assertThat(read(HEAD.substring(0, length)))
                    .as("%d bytes", length)
                    .isInstanceOf(Reading.Incomplete.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "Content-Encoding: gzip",
                "Expect: 100-continue",
                "Upgrade: websocket",
                "Cookie: wlv=1",
                "Content-Length: 1228",
                "Host: other",
                "Authorization: Bearer wlvk_y",
                "X-Instance-Id: wlv_y",
                "Connection: keep-alive",
                "X-Unheard-Of: 1",
                "X_Odd: 1",
                " folded: 1",
                "No colon",
                "Accept : */*",
                "Accept: \u0001",
                "Accept: \u00e9",
                "Accept: a\nContent-Length: 5",
                ": nameless",
            })
    void leavesWhatIsNotPlain(String line) {
        assertThat(read(HEAD.replace("\r\n\r\n", "\r\n" + line + "\r\n\r\n")))
                .isInstanceOf(Reading.Another.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+5", "0x10", "1 2", "1,2", "999999999", "1\u0661"})
    void leavesLengthsThatAreNone(String length) {
        assertThat(read(HEAD.replace("1228", length))).isInstanceOf(Reading.Another.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1:8080\r\n",
                "Content-Length: 1228\r\n",
                "authorization: Bearer wlvk_x\r\n"
            })
    void leavesAHeadThatLacksAField(String line) {
        assertThat(read(HEAD.replace(line, ""))).isInstanceOf(Reading.Another.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/heartbeat HTTP/1.1\r\n",
                "POST /api/v1/heartbeat HTTP/1.0\r\n",
                "POST /api/v1/heartbeats HTTP/1.1\r\n",
                "POST /api/v1/heartbeat?x HTTP/1.1\r\n",
                "POST  /api/v1/heartbeat HTTP/1.1\r\n",
                "POST /api/v1/heartbeat HTTP/1.1\n",
                "post /api/v1/heartbeat HTTP/1.1\r\n",
                "\r\nPOST /api/v1/heartbeat HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n"
            })
    void leavesOtherRequests(String line) {
        assertThat(read(line + HEAD.substring(HEAD.indexOf('\n') + 1)))
                .isInstanceOf(Reading.Another.class);
    }

    @Test
    void leavesAHeadThatDoesNotEnd() {
        String long_ = HEAD.replace("\r\n\r\n", "\r\nAccept: " + "a".repeat(8 * 1024));
        assertThat(read(long_)).isInstanceOf(Reading.Another.class);
        assertThat(read(long_ + "\r\n\r\n")).isInstanceOf(Reading.Another.class);
    }

    /** Whatever a byte is changed to, the reader says one of three things and moves nothing. */
    @Test
    void survivesEveryByte() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = HEAD.getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            Reading reading = HeartbeatHead.read(buffer);
            assertThat(buffer.readerIndex()).isZero();
            if (reading instanceof Reading.Complete(HeartbeatHead head)) {
                assertThat(head.length()).isLessThanOrEqualTo(bytes.length);
                assertThat(new String(bytes, 0, head.length(), StandardCharsets.ISO_8859_1))
                        .endsWith("\r\n\r\n");
            }
        }
    }

    private static Reading read(String text) {
        return HeartbeatHead.read(
                Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
