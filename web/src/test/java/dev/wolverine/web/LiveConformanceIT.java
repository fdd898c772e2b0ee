package dev.wolverine.web;

import static dev.wolverine.web.RawSocket.CLOSE;
import static dev.wolverine.web.RawSocket.CONTINUATION;
import static dev.wolverine.web.RawSocket.PING;
import static dev.wolverine.web.RawSocket.PONG;
import static dev.wolverine.web.RawSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Role;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455, frame by frame: framing, control frames, reserved bits and opcodes, fragmentation,
 * UTF-8, closing, and limits.
 */
class LiveConformanceIT {

    private static final byte[] NOTHING = {};
    private static final String ASKED = "{\"op\":\"ping\"}";

    private static TestPlatform platform;
    private static String key;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        key = platform.key(Role.VIEWER);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    /** Framing: each length that has a form of its own. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 128, 65_000, 65_535})
    void textOfEveryLengthIsUnderstood(int length) {
        try (RawSocket socket = open()) {
            socket.text(" ".repeat(length));
            socket.readText("\"op\":\"error\"");
            socket.text(ASKED);
            socket.readText("pong");
        }
    }

    @Test
    void textMayComeByteByByte() {
        try (RawSocket socket = open()) {
            byte[] text = ASKED.getBytes(StandardCharsets.UTF_8);
            byte[] frame = new byte[6 + text.length];
            frame[0] = (byte) 0x81;
            frame[1] = (byte) (0x80 | text.length);
            System.arraycopy(text, 0, frame, 6, text.length);
            socket.chopped(frame);
            socket.readText("pong");
        }
    }

    @Test
    void binaryIsNotSpokenHere() {
        try (RawSocket socket = open()) {
            socket.frame(0x82, new byte[] {1, 2, 3});
            assertThat(socket.readToEnd()).isEqualTo(1003);
        }
    }

    /** Control frames. */
    @ParameterizedTest
    @ValueSource(ints = {0, 8, 125})
    void aPingIsAnsweredWithWhatItSaid(int length) {
        try (RawSocket socket = open()) {
            byte[] said = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
            socket.frame(0x80 | PING, said);
            assertThat(socket.read(PONG).payload()).isEqualTo(said);
        }
    }

    @Test
    void tenPingsAreAnsweredInOrder() {
        try (RawSocket socket = open()) {
            for (int i = 0; i < 10; i++) {
                socket.frame(0x80 | PING, new byte[] {(byte) i});
            }
            for (int i = 0; i < 10; i++) {
                assertThat(socket.read(PONG).payload()).containsExactly(i);
            }
        }
    }

    @Test
    void aPongThatNobodyAskedForIsPassedOver() {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | PONG, "unsolicited".getBytes(StandardCharsets.UTF_8));
            socket.text(ASKED);
            socket.readText("pong");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, PONG, CLOSE})
    void aControlFrameOfMoreThan125BytesIsAnError(int opcode) {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | opcode, new byte[126]);
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, PONG, CLOSE})
    void aControlFrameInPartsIsAnError(int opcode) {
        try (RawSocket socket = open()) {
            socket.part(opcode, false, NOTHING);
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    /** Reserved bits, alone and together, on text and control frames. */
    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70})
    void aReservedBitIsAnError(int bits) {
        for (int opcode : new int[] {TEXT, PING, CLOSE}) {
            try (RawSocket socket = open()) {
                socket.frame(0x80 | bits | opcode, NOTHING);
                assertThat(socket.readToEnd()).as("opcode %d", opcode).isEqualTo(1002);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void aReservedOpcodeIsAnError(int opcode) {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | opcode, NOTHING);
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @Test
    void aFrameWithoutAMaskIsAnError() {
        try (RawSocket socket = open()) {
            socket.bytes(new byte[] {(byte) 0x81, 2, '{', '}'});
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    /** Fragmentation. */
    @Test
    void aMessageMayComeInPartsWithPingsBetween() {
        try (RawSocket socket = open()) {
            socket.part(TEXT, false, "{\"op\":".getBytes(StandardCharsets.UTF_8));
            socket.frame(0x80 | PING, new byte[] {7});
            socket.part(CONTINUATION, false, NOTHING);
            socket.part(CONTINUATION, true, "\"ping\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.read(PONG).payload()).containsExactly(7);
            socket.readText("pong");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aContinuationOfNothingIsAnError(boolean last) {
        try (RawSocket socket = open()) {
            socket.part(CONTINUATION, last, new byte[] {'x'});
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @Test
    void aContinuationAfterTheEndIsAnError() {
        try (RawSocket socket = open()) {
            socket.part(TEXT, false, new byte[] {' '});
            socket.part(CONTINUATION, true, new byte[] {' '});
            socket.part(CONTINUATION, false, new byte[] {' '});
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aMessageInsideAMessageIsAnError(int opcode) {
        try (RawSocket socket = open()) {
            socket.part(TEXT, false, new byte[] {' '});
            socket.part(opcode, true, new byte[] {' '});
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    /** UTF-8: valid at its borders. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cebae1bdb9cf83cebcceb5",
                "00",
                "c280",
                "e0a080",
                "f0908080",
                "7f",
                "dfbf",
                "efbfbf",
                "f48fbfbf",
                "ed9fbf",
                "ee8080",
                "efbfbd",
                "efbfbe"
            })
    void textThatIsUtf8IsUnderstood(String hex) {
        try (RawSocket socket = open()) {
            socket.text(HexFormat.of().parseHex(hex));
            socket.readText("\"op\":\"error\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cebae1bdb9cf83cebcceb5eda080656469746564",
                "80",
                "bf",
                "c0",
                "c0af",
                "c1bf",
                "e080af",
                "e09fbf",
                "f08080af",
                "f08fbfbf",
                "eda080",
                "edbfbf",
                "eda080edb080",
                "f4908080",
                "f8888080",
                "fc84808080",
                "fe",
                "ff",
                "ce",
                "e1bd",
                "f09080",
                "c328",
                "cebaf0289080"
            })
    void textThatIsNotUtf8ClosesWithItsCode(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        try (RawSocket socket = open()) {
            socket.text(bytes);
            assertThat(socket.readToEnd()).isEqualTo(1007);
        }
        try (RawSocket socket = open()) {
            for (byte each : bytes) {
                socket.part(each == bytes[0] ? TEXT : CONTINUATION, false, new byte[] {each});
                if (each == bytes[0] && bytes.length > 1) {
                    break;
                }
            }
            socket.part(
                    CONTINUATION,
                    true,
                    bytes.length > 1
                            ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length)
                            : NOTHING);
            assertThat(socket.readToEnd()).as("in parts").isEqualTo(1007);
        }
    }

    @Test
    void aCharacterMayBeCutBetweenParts() {
        try (RawSocket socket = open()) {
            byte[] wolf = "\"🐺\"".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < wolf.length; i++) {
                socket.part(
                        i == 0 ? TEXT : CONTINUATION, i == wolf.length - 1, new byte[] {wolf[i]});
            }
            socket.readText("\"op\":\"error\"");
        }
    }

    /** Closing. */
    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
    void aCloseIsAnsweredWithItsCode(int code) {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, close(code, "so long"));
            assertThat(socket.readToEnd()).isEqualTo(code);
        }
    }

    @Test
    void aCloseWithoutACodeIsAnswered() {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, NOTHING);
            assertThat(socket.readToEnd()).isIn(1000, 1005);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999})
    void aCloseWithACodeThatMustNotBeSentIsAnError(int code) {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, close(code, ""));
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @Test
    void aCloseOfOneByteIsAnError() {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, new byte[] {3});
            assertThat(socket.readToEnd()).isEqualTo(1002);
        }
    }

    @Test
    void aReasonThatIsNotUtf8IsAnError() {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, new byte[] {3, (byte) 0xE8, (byte) 0xC3, 0x28});
            assertThat(socket.readToEnd()).isIn(1002, 1007);
        }
    }

    @Test
    void whatComesAfterTheCloseIsPassedOver() {
        try (RawSocket socket = open()) {
            socket.frame(0x80 | CLOSE, close(1000, ""));
            socket.text(ASKED);
            socket.frame(0x80 | PING, NOTHING);
            assertThat(socket.readToEnd()).isEqualTo(1000);
        }
    }

    /** Limits. */
    @ParameterizedTest
    @CsvSource({"65537", "1000000"})
    void aFrameOfMoreThan64KibibytesIsRefused(int length) {
        try (RawSocket socket = open()) {
            socket.text(" ".repeat(length));
            assertThat(socket.readToEnd()).isIn(1009, RawSocket.CUT);
        }
    }

    @Test
    void aMessageOfManyPartsIsBoundedToo() {
        try (RawSocket socket = open()) {
            byte[] part = " ".repeat(1_000).getBytes(StandardCharsets.UTF_8);
            socket.part(TEXT, false, part);
            for (int i = 0; i < 100; i++) {
                socket.part(CONTINUATION, false, part);
            }
            assertThat(socket.readToEnd()).isIn(1009, RawSocket.CUT);
        }
    }

    @Test
    void manySmallPartsAreOneMessage() {
        try (RawSocket socket = open()) {
            socket.part(TEXT, false, ASKED.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 2_000; i++) {
                socket.part(CONTINUATION, false, NOTHING);
            }
            socket.part(CONTINUATION, true, NOTHING);
            socket.readText("pong");
        }
    }

    private static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return payload;
    }

    /** The greeting is read: from here on what is read is the answer. */
    private static RawSocket open() {
        RawSocket socket = new RawSocket(platform, key);
        socket.readText("hello");
        return socket;
    }
}
