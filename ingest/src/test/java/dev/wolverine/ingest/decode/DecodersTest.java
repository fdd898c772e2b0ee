package dev.wolverine.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatFlags;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class DecodersTest {

    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();

    @Test
    void keepsUnknownKeysByteForByteUnderTheirPointer() throws UndecodableBeat {
        Snapshot snapshot =
                snapshot(
                        """
                        {"timestamp":1, "server":{"region":"eu-1","a/b":[1, 2.50 ,{"x":null}]},
                         "gpu":{"mem" : 1e3},"flag":true,"n":-12.50,"usage":{"byModel":{"m":{"calls":1,"new":"x"}}}}
                        """);
        assertThat(snapshot.unknown())
                .containsEntry("/server/region", "\"eu-1\"")
                .containsEntry("/server/a~1b", "[1, 2.50 ,{\"x\":null}]")
                .containsEntry("/gpu", "{\"mem\" : 1e3}")
                .containsEntry("/flag", "true")
                .containsEntry("/n", "-12.50")
                .containsEntry("/usage/byModel/m/new", "\"x\"")
                .hasSize(6);
    }

    @Test
    void keepsTheMultibyteTextOfUnknownKeys() throws UndecodableBeat {
        assertThat(snapshot("{\"name\":\"ärger\",\"emoji\":\"🦡\",\"after\":1}").unknown())
                .containsEntry("/emoji", "\"🦡\"")
                .containsEntry("/after", "1");
    }

    @Test
    void takesAValueOfTheWrongTypeAsAbsentAndKeepsIt() throws UndecodableBeat {
        Heartbeat heartbeat =
                beat("{\"process\":{\"memoryMB\":\"much\",\"cpuPercent\":7},\"routes\":[1]}");
        assertThat(heartbeat.memoryMb()).isEqualTo(Heartbeat.ABSENT);
        assertThat(heartbeat.cpuCentiPercent()).isEqualTo(700);
        assertThat(heartbeat.flags() & HeartbeatFlags.VALUE_REJECTED).isNotZero();
        assertThat(SnapshotCodec.decode(heartbeat.snapshot()).unknown())
                .containsEntry("/process/memoryMB", "\"much\"")
                .containsEntry("/routes", "[1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e308", "1e400", "99999999999999999999999999", "-1e400"})
    void takesANumberOutOfBoundsAsAbsent(String number) throws UndecodableBeat {
        Heartbeat heartbeat =
                beat(
                        "{\"process\":{\"memoryMB\":"
                                + number
                                + "},\"usage\":{\"totalCost\":"
                                + number
                                + "}}");
        assertThat(heartbeat.memoryMb()).isEqualTo(Heartbeat.ABSENT);
        Snapshot snapshot = SnapshotCodec.decode(heartbeat.snapshot());
        assertThat(snapshot.totals().costMicros()).isNull();
        assertThat(snapshot.unknown()).containsKeys("/process/memoryMB", "/usage/totalCost");
    }

    @Test
    void mendsTextThatCannotBeStored() throws UndecodableBeat {
        Heartbeat heartbeat =
                beat("{\"name\":\"a\\u0000b\\ud800c\",\"server\":{\"status\":\"he\\u0000\"}}");
        assertThat(SnapshotCodec.decode(heartbeat.snapshot()).name()).isEqualTo("a\uFFFDb\uFFFDc");
        assertThat(heartbeat.status()).isEqualTo(ReportedStatus.OTHER);
        assertThat(heartbeat.flags() & HeartbeatFlags.TEXT_MENDED).isNotZero();
    }

    @Test
    void keepsWholeCharactersWhenItCuts() throws UndecodableBeat {
        String name = "x".repeat(255) + "🦡".repeat(3);
        assertThat(snapshot("{\"name\":\"" + name + "\"}").name()).isEqualTo("x".repeat(255));
    }

    @Test
    void toldApartAreAbsentAndZero() throws UndecodableBeat {
        Snapshot snapshot = snapshot("{\"usage\":{\"totalCost\":0},\"repairs\":{\"total\":null}}");
        assertThat(snapshot.totals().costMicros()).isZero();
        assertThat(snapshot.totals().tokens()).isNull();
        assertThat(snapshot.repairs().total()).isNull();
        assertThat(snapshot.unknown()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"byModelCategory\":[{\"model\":\"m\",\"category\":\"c\",\"tokens\":7}]}",
                "{\"byModelCategory\":{\"m:c\":{\"model\":\"m\",\"category\":\"c\",\"total\":7}}}"
            })
    void readsBothShapesOfModelByCategory(String usage) throws UndecodableBeat {
        Snapshot.UsageEntry entry = snapshot("{\"usage\":" + usage + "}").usage().getFirst();
        assertThat(entry.key()).isEqualTo("m");
        assertThat(entry.category()).isEqualTo("c");
        assertThat(entry.value(Snapshot.Counter.TOTAL)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":}",
                "nonsense",
                "{\"a\":1} x",
                "{\"a\":1}{}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":\"\t\"}"
            })
    void callsWhatIsNoJsonMalformed(String body) {
        assertThat(reason(body.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void callsOtherEncodingsMalformed() {
        assertThat(reason("{}".getBytes(StandardCharsets.UTF_16BE))).isNull();
        assertThat(reason("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE))).isNull();
    }

    @Test
    void mendsBytesThatAreNoUtf8() throws UndecodableBeat {
        byte[] body = "{\"name\":\"a?b\",\"x\":\"?\"}".getBytes(StandardCharsets.ISO_8859_1);
        body[10] = (byte) 0xC3;
        body[19] = (byte) 0xFF;
        Heartbeat heartbeat = build(json.decode(body));
        Snapshot snapshot = SnapshotCodec.decode(heartbeat.snapshot());
        assertThat(snapshot.name()).isEqualTo("a\uFFFDb");
        assertThat(snapshot.unknown()).containsExactly(Map.entry("/x", "\"\uFFFD\""));
        assertThat(heartbeat.flags()).isEqualTo(HeartbeatFlags.TEXT_MENDED);
    }

    @Test
    void mendsKeysThatAreHalfACharacter() throws UndecodableBeat {
        Heartbeat heartbeat =
                beat(
                        "{\"usage\":{\"byModel\":{\"a\\ud83d\":{\"calls\":1},\"\\\\ud83d\":{\"calls\":2}}}}");
        assertThat(SnapshotCodec.decode(heartbeat.snapshot()).usage())
                .extracting(Snapshot.UsageEntry::key)
                .containsExactly("\\ud83d", "a\uFFFD");
        assertThat(heartbeat.flags()).isEqualTo(HeartbeatFlags.TEXT_MENDED);
    }

    @Test
    void addsUpWhatIsCountedUnderKeysThatBecomeTheSame() throws UndecodableBeat {
        String one = "{\"calls\":1,\"cost\":0.5,\"successRate\":50}";
        String other = "{\"calls\":2,\"total\":9,\"successRate\":40}";
        String keys = "{\"usage\":{\"byTool\":{\"a\\u0000\":%s,\"a\\ufffd\":%s}}}";
        Snapshot snapshot = snapshot(keys.formatted(one, other));
        assertThat(snapshot).isEqualTo(snapshot(keys.formatted(other, one)));
        Snapshot.UsageEntry entry = snapshot.usage().getFirst();
        assertThat(snapshot.usage()).hasSize(1);
        assertThat(entry.value(Snapshot.Counter.CALLS)).isEqualTo(3);
        assertThat(entry.value(Snapshot.Counter.COST)).isEqualTo(500_000);
        assertThat(entry.value(Snapshot.Counter.TOTAL)).isEqualTo(9);
        assertThat(entry.value(Snapshot.Counter.SUCCESS_RATE)).isEqualTo(50_000);
    }

    @Test
    void saysOfADuplicateKeyOnlyWhatCanBeStored() {
        UndecodableBeat failure =
                catchThrowableOfType(
                        UndecodableBeat.class,
                        () ->
                                json.decode(
                                        "{\"a\\u0000\":1,\"a\\u0000\":2}"
                                                .getBytes(StandardCharsets.UTF_8)));
        assertThat(failure.reason()).isEqualTo(QuarantineReason.DUPLICATE_KEY);
        assertThat(failure.getMessage()).contains("a\uFFFD").doesNotContain("\0");
    }

    @Test
    void readsABodyThatBeginsWithAByteOrderMark() throws UndecodableBeat {
        assertThat(snapshot("\uFEFF{\"x\":[1,2],\"name\":\"n\"}").unknown())
                .containsEntry("/x", "[1,2]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]                | NOT_AN_OBJECT",
                "42                 | NOT_AN_OBJECT",
                "null               | NOT_AN_OBJECT",
                "{\"a\":1,\"a\":2}  | DUPLICATE_KEY",
                "{\"server\":{\"pid\":1,\"pid\":1}} | DUPLICATE_KEY"
            })
    void putsWellFormedNonsenseIntoQuarantine(String body, QuarantineReason expected) {
        assertThat(reason(body.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }

    @Test
    void boundsDepthTextsAndTokens() {
        assertThat(reason(("[".repeat(40) + "]".repeat(40)).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(QuarantineReason.TOO_DEEP);
        assertThat(
                        reason(
                                ("{\"name\":\"" + "x".repeat(70_000) + "\"}")
                                        .getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(QuarantineReason.TOO_LARGE);
        assertThat(
                        reason(
                                ("{\"a\":[" + "1,".repeat(60_000) + "1]}")
                                        .getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(QuarantineReason.TOO_LARGE);
    }

    @Test
    void keepsFieldsOfALaterProtocol() throws Exception {
        dev.wolverine.proto.v1.Heartbeat message =
                dev.wolverine.proto.v1.Heartbeat.parseFrom(
                        com.google.protobuf.UnknownFieldSet.newBuilder()
                                .addField(
                                        99,
                                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                                .addVarint(7)
                                                .build())
                                .build()
                                .toByteString());
        assertThat(SnapshotCodec.decode(build(proto.decode(message)).snapshot()).unknown())
                .containsKey("/@protobuf");
    }

    private QuarantineReason reason(byte[] body) {
        UndecodableBeat failure =
                catchThrowableOfType(UndecodableBeat.class, () -> json.decode(body));
        assertThat(failure).isNotNull();
        assertThat(failure.getMessage()).isNotBlank();
        return failure.reason();
    }

    private Snapshot snapshot(String body) throws UndecodableBeat {
        return SnapshotCodec.decode(beat(body).snapshot());
    }

    private Heartbeat beat(String body) throws UndecodableBeat {
        return build(json.decode(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Heartbeat build(HeartbeatDraft draft) {
        return draft.build(new Identity(new UUID(0, 0), "wlv_x"), Instant.EPOCH, Instant.EPOCH, 0);
    }
}
