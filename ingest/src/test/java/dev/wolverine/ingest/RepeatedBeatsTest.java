package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.ingest.corpus.BadNumber;
import dev.wolverine.ingest.corpus.BadText;
import dev.wolverine.ingest.corpus.SampleBeat;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.DecodedBeat;
import dev.wolverine.ingest.decode.JsonHeartbeatDecoder;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.ingest.decode.ProtoHeartbeatDecoder;
import dev.wolverine.ingest.decode.UndecodableBeat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is read with a template is what the decoders would have read, field by field: for all that
 * was captured, for all bad input, and for mutations of both, each after the beat before it.
 */
class RepeatedBeatsTest {

    private static final UUID ORGANISATION = new UUID(0, 1);
    private static final long NOON = Instant.parse("2026-01-02T12:00:00Z").toEpochMilli();
    private static final String INSTANCE = "wlv_0123456789ab";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BeatReader reader = new BeatReader(1 << 24, new Random(1), meters);
    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();
    private final List<String> differences = new ArrayList<>();

    @Test
    void capturedBeatsOfAllVersionsAreReadAsTheyAreDecoded() {
        for (String file : CapturedRequests.FILES) {
            for (JsonNode body : CapturedRequests.heartbeats(file)) {
                holdJson(CapturedRequests.bytes(body), file);
                holdProto(Heartbeats.proto(body).toByteArray(), file);
            }
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(100);
    }

    @Test
    void anyBadValueInAnyFieldIsReadAsItIsDecoded() {
        for (String place : SampleBeat.texts()) {
            BadText.all().forEach(text -> holdAfterGood(place, text, true));
        }
        for (String place : SampleBeat.numbers()) {
            for (BadNumber number : BadNumber.all()) {
                holdAfterGood(place, number, SampleBeat.fits(place, number));
            }
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(20_000);
    }

    @Test
    void anyMutationOfABodyIsReadAsItIsDecoded() {
        Random random = new Random(20261121);
        for (String file : List.of("healthy", "failing-repairs", "lean-pre1.1", "v0.1.0")) {
            JsonNode body = CapturedRequests.heartbeats(file).getLast();
            byte[] sent = CapturedRequests.bytes(body);
            byte[] message = Heartbeats.proto(body).toByteArray();
            for (int i = 0; i < 1_500; i++) {
                holdJson(sent, "before");
                holdJson(mutated(sent, random), "mutation");
                holdProto(message, "before");
                holdProto(mutated(message, random), "mutation");
            }
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(6_000);
    }

    @Test
    void anyNumberInABlankIsReadAsItIsDecoded() {
        Random random = new Random(20261122);
        String[] fields = {"timestamp", "uptime", "pid", "memoryMB", "cpuPercent", "avgMs"};
        String[] numbers = {
            "1712345678901", "60", "42", "118.71528625488281", "3", "0.30000000000000004"
        };
        for (int i = 0; i < 20_000; i++) {
            String[] changed = numbers.clone();
            changed[random.nextInt(numbers.length)] = number(random);
            holdJson(narrow(fields, numbers), "numbers");
            holdJson(narrow(fields, changed), String.join(" ", changed));
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(20_000);
    }

    @Test
    void numbersOfAnyLengthInProtobufAreReadAsTheyAreDecoded() {
        Random random = new Random(20261123);
        for (int i = 0; i < 20_000; i++) {
            dev.wolverine.proto.v1.Heartbeat.Builder beat =
                    dev.wolverine.proto.v1.Heartbeat.newBuilder()
                            .setInstanceId(INSTANCE)
                            .setTimestamp(NOON + random.nextInt());
            beat.getServerBuilder()
                    .setUptime(random.nextLong() >> random.nextInt(64))
                    .setPid(random.nextInt() >> random.nextInt(32));
            beat.getProcessBuilder().setMemoryMb(Double.longBitsToDouble(random.nextLong()));
            beat.getRoutesBuilder()
                    .setHealthy(random.nextInt(300))
                    .setUnhealthy(random.nextInt(300))
                    .getSlowestBuilder()
                    .setAvgMs(random.nextDouble() * 1e3);
            byte[] message = beat.build().toByteArray();
            holdProto(message, "numbers");
            holdProto(message, "again");
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(500);
    }

    @Test
    void aNumberCannotTakeTheBytesOfAnother() {
        // The runner's pid takes a byte more, its uptime one less: the same bytes in between.
        byte[] one = HexFormat.of().parseHex("0a0161" + "1080e0e8b6e131" + "2206" + "1881012801");
        byte[] two = HexFormat.of().parseHex("0a0161" + "1080e0e8b6e131" + "2206" + "1801288101");
        byte[] three = HexFormat.of().parseHex("0a0161" + "1080e0e8b6e131" + "2205" + "1881012801");
        holdProto(one, "one");
        holdProto(two, "two");
        holdProto(one, "one");
        holdProto(three, "three");
        // A byte that says that the number goes on takes the next field's tag into it.
        byte[] whole = HexFormat.of().parseHex("0a0161" + "1080e0e8b6e131" + "2204" + "18012801");
        byte[] goesOn = HexFormat.of().parseHex("0a0161" + "1080e0e8b6e131" + "2204" + "18812801");
        holdProto(whole, "whole");
        holdProto(goesOn, "goes on");
        noneDiffers();
    }

    @Test
    void fieldsThatComeTwiceOrFromALaterVersionAreReadAsTheyAreDecoded() throws Exception {
        byte[] once = SampleBeat.good(INSTANCE, NOON).protobuf();
        byte[] twice = Arrays.copyOf(once, 2 * once.length);
        System.arraycopy(
                SampleBeat.good(INSTANCE, NOON + 1).protobuf(), 0, twice, once.length, once.length);
        byte[] later =
                UnknownFieldSet.newBuilder(UnknownFieldSet.parseFrom(once))
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build()
                        .toByteArray();
        for (int i = 0; i < 2; i++) {
            holdProto(once, "once");
            holdProto(once, "once");
            holdProto(twice, "twice");
            holdProto(twice, "twice");
            holdProto(later, "later");
            holdProto(later, "later");
        }
        noneDiffers();
        assertThat(repeated()).isEqualTo(6);
    }

    @Test
    void usageThatNoClientWritesIsReadAsItIsDecoded() throws Exception {
        byte[] usage =
                dev.wolverine.proto.v1.Heartbeat.parseFrom(
                                SampleBeat.good(INSTANCE, NOON).protobuf())
                        .getUsage()
                        .toByteArray();
        List<String> usages =
                List.of(
                        "",
                        "0801",
                        "08010802",
                        "0880808080808080808001",
                        "9a0600",
                        "2a00",
                        "2a030a0161",
                        "2a050a01611200",
                        "2a0512000a0161",
                        "2a060a0161120108",
                        "2a070a016112020801" + "2a070a016112020802",
                        "2a080a016112020801" + "1a",
                        "2a0a0a0161120208011a0161",
                        "2a0a0a0161120508012a0000",
                        "2a080a01611203980607",
                        "2a070a0161120208ff",
                        "2a070a01ff12020801",
                        "2a0f0a016112092900000000000000f0",
                        "4a00",
                        "4a030a0161",
                        "4a0612016b0a016d",
                        "4a0a0a016d12016b1a020801",
                        "4a0a0a016d12016b1a020801" + "4a0a0a016d12016b1a020802",
                        "4a0c0a016d12016b1a0208011a00",
                        "0b0c",
                        HexFormat.of().formatHex(usage) + HexFormat.of().formatHex(usage));
        for (String hex : usages) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            byte[] framed = withUsage(bytes);
            holdProto(framed, hex);
            holdProto(framed, hex);
        }
        noneDiffers();
        assertThat(repeated()).isGreaterThan(10);
    }

    private static byte[] withUsage(byte[] usage) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        out.writeString(1, INSTANCE);
        out.writeInt64(2, NOON);
        out.writeByteArray(8, usage);
        out.flush();
        return message.toByteArray();
    }

    @Test
    void bothNamesOfAFieldAreReadAsTheyAreDecoded() {
        for (int i = 0; i < 3; i++) {
            holdJson(
                    bytes(
                            """
                            {"instanceId":"a","t":%d,"timestamp":%d,"up":%d,"server":{"uptime":%d},"mem":7}
                            """
                                    .formatted(NOON + i, NOON + 2 * i, i, 2 * i)),
                    "both names");
        }
        noneDiffers();
        assertThat(repeated()).isEqualTo(2);
    }

    @Test
    void aMessageIsNoBodyOfTheOtherProtocol() throws Exception {
        byte[] message = SampleBeat.good(INSTANCE, NOON).protobuf();
        byte[] body = SampleBeat.good(INSTANCE, NOON).json();
        holdProto(message, "message");
        holdJson(body, "body");
        assertThat(readJson(reader, message, INSTANCE)).startsWith("null");
        assertThat(readJson(reader, body, INSTANCE)).startsWith("Heartbeat");
        noneDiffers();
    }

    @Test
    void whatOneOrganisationSentIsNothingToAnother() throws Exception {
        byte[] body = SampleBeat.good(INSTANCE, NOON).json();
        build(reader.json(ORGANISATION, INSTANCE, body));
        build(reader.json(new UUID(0, 2), INSTANCE, body));
        assertThat(repeated()).isZero();
        build(reader.json(ORGANISATION, INSTANCE, body));
        assertThat(repeated()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"\uFEFF, ''", "' ', ' '", "'', '  \n'"})
    void whatStandsAroundTheObjectStaysThere(String before, String after) {
        for (int i = 0; i < 3; i++) {
            String body =
                    new String(SampleBeat.good(INSTANCE, NOON + i).json(), StandardCharsets.UTF_8);
            byte[] sent = bytes(before + body + after);
            String read = readJson(reader, sent, INSTANCE);
            assertThat(read).isEqualTo(decodedJson(sent));
        }
        assertThat(repeated()).isEqualTo(2);
    }

    @Test
    void aBeatOfARepeatedOneIsTheSameObjectInItsSlowPart() throws Exception {
        byte[] body = SampleBeat.good(INSTANCE, NOON).json();
        Heartbeat first = build(reader.json(ORGANISATION, null, body));
        Heartbeat second = build(reader.json(ORGANISATION, null, body));
        assertThat(second.snapshot()).isSameAs(first.snapshot());
    }

    @Test
    void templatesTakeNoMoreThanTheirBound() throws Exception {
        SimpleMeterRegistry ofSmall = new SimpleMeterRegistry();
        BeatReader small = new BeatReader(10_000, new Random(1), ofSmall);
        for (int i = 0; i < 100; i++) {
            String instance = "wlv_%012d".formatted(i);
            build(small.json(ORGANISATION, null, SampleBeat.good(instance, NOON).json()));
        }
        assertThat(ofSmall.get("wolverine.intake.templates.bytes").gauge().value())
                .isBetween(1_000.0, 10_000.0);
    }

    private void holdAfterGood(String place, Object value, boolean fitsProtobuf) {
        SampleBeat good = SampleBeat.good(INSTANCE, NOON);
        SampleBeat bad = new SampleBeat(INSTANCE, NOON, place, value);
        holdJson(good.json(), "good");
        if (!(value instanceof BadNumber number) || number.json() != null) {
            holdJson(bad.json(), bad.toString());
            holdJson(bad.json(), "once more " + bad);
        }
        if (fitsProtobuf) {
            holdProto(good.protobuf(), "good");
            holdProto(bad.protobuf(), bad.toString());
            holdProto(bad.protobuf(), "once more " + bad);
        }
    }

    private void holdJson(byte[] body, String name) {
        compare(name + " in JSON", readJson(reader, body, null), decodedJson(body));
    }

    private void holdProto(byte[] body, String name) {
        compare(name + " in protobuf", readProto(body), decodedProto(body));
    }

    private void compare(String name, String read, String decoded) {
        if (!read.equals(decoded)) {
            differences.add(name + ":\n  " + read + "\n  " + decoded);
        }
    }

    private void noneDiffers() {
        assertThat(differences.stream().limit(5)).isEmpty();
    }

    private double repeated() {
        return meters.get("wolverine.intake.read").tag("as", "repeated").counter().count();
    }

    private static String readJson(BeatReader reader, byte[] body, @Nullable String named) {
        try {
            return said(reader.json(ORGANISATION, named, body));
        } catch (UndecodableBeat e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    private String decodedJson(byte[] body) {
        try {
            return said(json.decode(body));
        } catch (UndecodableBeat e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    private String readProto(byte[] body) {
        try {
            ProtoBeat beat = reader.proto(ORGANISATION, null, new BodySlice(body, 0, body.length));
            return kept(beat.body()) + said(beat.decode());
        } catch (UndecodableBeat e) {
            return e.reason() + ": " + e.getMessage();
        } catch (InvalidProtocolBufferException e) {
            return "no message";
        }
    }

    private String decodedProto(byte[] body) {
        try {
            var message = dev.wolverine.proto.v1.Heartbeat.parseFrom(body);
            return kept(message.toByteArray()) + said(proto.decode(message));
        } catch (UndecodableBeat e) {
            return e.reason() + ": " + e.getMessage();
        } catch (InvalidProtocolBufferException e) {
            return "no message";
        }
    }

    private static String kept(byte[] body) {
        return Arrays.hashCode(body) + " ";
    }

    /** All that can be known of a beat. */
    private static String said(DecodedBeat beat) {
        String judged = beat.instanceId() + beat.name() + beat.port() + beat.isTimestampOdd();
        if (beat.timestampMillis() == null) {
            return "no time " + judged;
        }
        Heartbeat heartbeat = build(beat);
        return heartbeat.toString().replaceFirst("snapshot=\\[B@[0-9a-f]+", "snapshot=")
                + Arrays.toString(heartbeat.snapshot())
                + judged;
    }

    private static Heartbeat build(DecodedBeat beat) {
        Long millis = beat.timestampMillis();
        return beat.build(
                new Identity(ORGANISATION, INSTANCE),
                Instant.ofEpochMilli(millis == null ? 0 : millis),
                Instant.EPOCH,
                0);
    }

    private static byte[] mutated(byte[] body, Random random) {
        int at = random.nextInt(body.length);
        byte[] mutated = body.clone();
        switch (random.nextInt(6)) {
            case 0 -> mutated[at] = (byte) random.nextInt();
            case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> mutated[at] = (byte) "0123456789.,-eE\"{}[]: ".charAt(random.nextInt(22));
            case 3 -> {
                System.arraycopy(body, at + 1, mutated, at, body.length - at - 1);
                return Arrays.copyOf(mutated, body.length - 1);
            }
            case 4 -> {
                mutated = Arrays.copyOf(body, body.length + 1);
                System.arraycopy(body, at, mutated, at + 1, body.length - at);
                mutated[at] = (byte) "0123456789.,-eE\"{}[]: ".charAt(random.nextInt(22));
            }
            default -> {
                int other = random.nextInt(body.length);
                mutated[at] = body[other];
                mutated[other] = body[at];
            }
        }
        return mutated;
    }

    private static String number(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Double.toString(random.nextDouble() * 1e4);
            case 1 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 2 -> Long.toString(random.nextLong() >>> random.nextInt(64));
            case 3 -> "0" + random.nextInt(100);
            case 4 -> random.nextInt(1_000) + "." + "0".repeat(random.nextInt(30)) + "1";
            case 5 -> random.nextInt(10) + "." + Long.toString(random.nextLong() >>> 1);
            case 6 -> random.nextInt(3) + ".";
            default -> "9".repeat(1 + random.nextInt(30));
        };
    }

    private static byte[] narrow(String[] fields, String[] numbers) {
        return bytes(
                """
                {"instanceId":"wlv_a","%s":%s,"server":{"%s":%s,"%s":%s},"process":{"%s":%s,"%s":%s},"routes":{"slowest":{"%s":%s}}}
                """
                        .formatted(
                                fields[0],
                                numbers[0],
                                fields[1],
                                numbers[1],
                                fields[2],
                                numbers[2],
                                fields[3],
                                numbers[3],
                                fields[4],
                                numbers[4],
                                fields[5],
                                numbers[5]));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
