package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.ingest.decode.BeatReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies whose shape is the attack: each gets its answer, for little work and little memory. */
@NullUnmarked
class BadStructuresIT {

    private static final long NOON = Instant.parse("2026-01-02T12:00:00Z").toEpochMilli();
    private static final String NAMED = "\"instanceId\":\"wlv_a\",\"timestamp\":" + NOON;

    /** Of the thread that takes the body, when the code is warm; a slow machine has room. */
    private static final long MAX_CPU_MILLIS = 150;

    /** In all, not at once: what grows with the square of the body is far beyond it. */
    private static final long MAX_ALLOCATED_PER_BYTE = 200;

    private static final int MUTATIONS = 20_000;
    private static final long SEED = 20_261_121;

    private static Fixtures fixtures;

    @BeforeAll
    static void start() {
        fixtures = new Fixtures();
    }

    @AfterAll
    static void stop() {
        fixtures.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void isAnsweredForLittle(String name, String json, @Nullable QuarantineReason expected) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        Cost least = null;
        for (int run = 0; run < 4; run++) {
            Cost cost = accept(body);
            least = least == null || cost.cpuNanos < least.cpuNanos ? cost : least;
            IntakeResult result = Fixtures.await(cost.result);
            if (expected == null) {
                assertThat(result).isInstanceOf(IntakeResult.Stored.class);
            } else {
                assertThat(result).isEqualTo(new IntakeResult.Quarantined(expected));
            }
        }
        System.out.printf(
                "bad structure: %-45s %9d bytes %8.3f ms %10d bytes allocated%n",
                name, body.length, least.cpuNanos / 1e6, least.allocated);
        assertThat(least.cpuNanos / 1_000_000).isLessThan(MAX_CPU_MILLIS);
        assertThat(least.allocated).isLessThan((1 << 20) + MAX_ALLOCATED_PER_BYTE * body.length);
        assertThat(fixtures.send(Heartbeats.json("wlv_beside", System.currentTimeMillis(), 1)))
                .isInstanceOf(IntakeResult.Stored.class);
    }

    static Stream<Arguments> bodies() {
        String beat = "{" + NAMED + ",\"x\":%s}";
        return Stream.of(
                arguments("10,000 arrays", nested("[", "]", 10_000), QuarantineReason.TOO_DEEP),
                arguments(
                        "10,000 objects",
                        nested("{\"a\":", "}", 10_000).replace(":}", ":1}"),
                        QuarantineReason.TOO_DEEP),
                arguments("500,000 arrays", nested("[", "]", 500_000), QuarantineReason.TOO_DEEP),
                arguments(
                        "33 arrays below a key",
                        beat.formatted(nested("[", "]", 33)),
                        QuarantineReason.TOO_DEEP),
                arguments("31 arrays below a key", beat.formatted(nested("[", "]", 31)), null),
                arguments(
                        "a million arrays that never close",
                        "{" + NAMED + ",\"x\":" + "[".repeat(1_000_000),
                        QuarantineReason.TOO_DEEP),
                arguments(
                        "60,000 numbers",
                        beat.formatted("[" + "1,".repeat(60_000) + "1]"),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "200,000 empty objects",
                        beat.formatted("[" + "{},".repeat(200_000) + "{}]"),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a number of a million digits",
                        beat.formatted("9".repeat(1_000_000)),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a fraction of a million digits",
                        beat.formatted("0." + "3".repeat(1_000_000)),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a memory of a million digits",
                        "{" + NAMED + ",\"process\":{\"memoryMB\":" + "9".repeat(1_000_000) + "}}",
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "an exponent of nine digits",
                        "{" + NAMED + ",\"process\":{\"memoryMB\":1e999999999}}",
                        null),
                arguments(
                        "an exponent of many digits",
                        "{" + NAMED + ",\"process\":{\"memoryMB\":1e" + "9".repeat(300) + "}}",
                        null),
                arguments(
                        "a key of a million characters",
                        "{" + NAMED + ",\"" + "k".repeat(1_000_000) + "\":1}",
                        QuarantineReason.TOO_LARGE),
                arguments("a mebibyte of blanks", "{" + " ".repeat(1 << 20) + NAMED + "}", null),
                arguments(
                        "a mebibyte of escapes",
                        beat.formatted("\"" + "\\u0041".repeat(170_000) + "\""),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a mebibyte of half characters",
                        beat.formatted("\"" + "\\ud800".repeat(170_000) + "\""),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a mebibyte of two-byte characters",
                        beat.formatted("\"" + "\u00E9".repeat(500_000) + "\""),
                        QuarantineReason.TOO_LARGE),
                arguments(
                        "a key twice",
                        "{" + NAMED + ",\"a\":1,\"a\":1}",
                        QuarantineReason.DUPLICATE_KEY),
                arguments(
                        "a key twice within an unknown one",
                        beat.formatted("{\"a\":1,\"a\":1}"),
                        QuarantineReason.DUPLICATE_KEY),
                arguments(
                        "a NUL as a key twice",
                        "{" + NAMED + ",\"\\u0000\":1,\"\\u0000\":1}",
                        QuarantineReason.DUPLICATE_KEY),
                arguments(
                        "half a character as a key twice",
                        "{" + NAMED + ",\"\\ud800\":1,\"\\ud800\":1}",
                        QuarantineReason.DUPLICATE_KEY),
                arguments(
                        "a key of emoji twice",
                        "{" + NAMED + (",\"" + "\uD83D\uDE00".repeat(255) + "\":1").repeat(2) + "}",
                        QuarantineReason.DUPLICATE_KEY),
                arguments(
                        "1,001 unknown keys",
                        "{" + NAMED + "," + keys(1_001, i -> "k" + i) + "}",
                        null),
                arguments(
                        "20,000 unknown keys",
                        "{" + NAMED + "," + keys(20_000, i -> "k" + i) + "}",
                        null),
                arguments(
                        "20,000 unknown keys of one hash",
                        "{" + NAMED + "," + keys(20_000, BadStructuresIT::colliding) + "}",
                        null),
                arguments("9,900 models", models(9_900, i -> "m" + i), null),
                arguments(
                        "9,900 models of one hash",
                        models(9_900, BadStructuresIT::colliding),
                        null),
                arguments(
                        "9,900 models that become one",
                        models(9_900, i -> "x".repeat(256) + i),
                        null),
                arguments(
                        "20,000 namespaces",
                        "{"
                                + NAMED
                                + ",\"brain\":{\"namespaces\":{"
                                + keys(20_000, i -> "n" + i)
                                + "}}}",
                        null),
                arguments(
                        "40,000 alerts",
                        "{" + NAMED + ",\"alerts\":[" + "1,".repeat(40_000) + "1]}",
                        null));
    }

    @ParameterizedTest
    @CsvSource({
        "60000, 0",
        "90000000, FUTURE_TIMESTAMP",
        "-94608000000, 0",
        "-600000000000, TOO_OLD"
    })
    void aTimestampCountsByItsDistance(long ahead, String expected) {
        // The clock of Fixtures is generous; here the shipped one is meant.
        HeartbeatIntake shipped =
                new HeartbeatIntake(
                        fixtures.writer,
                        new Admission(
                                IngestConfig.defaults(),
                                fixtures.heap::get,
                                fixtures.nanoTime::get,
                                RandomGenerator.getDefault(),
                                new SimpleMeterRegistry()),
                        fixtures.names,
                        new BeatReader(
                                1 << 24, RandomGenerator.getDefault(), new SimpleMeterRegistry()),
                        IngestConfig.defaults().clock(),
                        Fixtures.RETENTION,
                        new SimpleMeterRegistry());
        long now = System.currentTimeMillis();
        IntakeResult result =
                Fixtures.await(
                        shipped.acceptJson(
                                fixtures.principal,
                                null,
                                Heartbeats.json("wlv_clock", now + ahead, 1),
                                Instant.now()));
        assertThat(result)
                .isEqualTo(
                        expected.equals("0")
                                ? new IntakeResult.Stored(false)
                                : new IntakeResult.Quarantined(QuarantineReason.valueOf(expected)));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, FUTURE_TIMESTAMP",
        "1e300, FUTURE_TIMESTAMP",
        "8640000000000001, FUTURE_TIMESTAMP",
        "-1, INVALID_TIMESTAMP",
        "-9223372036854775809, INVALID_TIMESTAMP",
        "-0.0, INVALID_TIMESTAMP",
        "1.5, INVALID_TIMESTAMP",
        "1767355200, INVALID_TIMESTAMP",
        "1e400, INVALID_TIMESTAMP",
        "true, INVALID_TIMESTAMP",
        "[1767355200000], INVALID_TIMESTAMP",
        "'{\"$date\":1767355200000}', INVALID_TIMESTAMP",
        "'\"1767355200000\"', INVALID_TIMESTAMP",
        "'\"infinity\"', INVALID_TIMESTAMP",
        "null, MISSING_TIMESTAMP"
    })
    void aTimestampThatIsNoneIsKeptAside(String timestamp, QuarantineReason expected) {
        String body = "{\"instanceId\":\"wlv_odd\",\"timestamp\":" + timestamp + "}";
        assertThat(fixtures.send(body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new IntakeResult.Quarantined(expected));
    }

    @Test
    void aTimestampWithAFractionIsItsMillisecond() {
        String body = "{\"instanceId\":\"wlv_fraction\",\"timestamp\":" + NOON + ".75}";
        assertThat(fixtures.send(body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new IntakeResult.Stored(false));
        assertThat(fixtures.send(Heartbeats.json("wlv_fraction", NOON, 1)))
                .as("the same millisecond")
                .isInstanceOf(IntakeResult.class);
        assertThat(
                        fixtures.rows(
                                "SELECT count(*) FROM heartbeats h JOIN servers s ON s.id = h.server_id"
                                        + " WHERE s.instance_id = 'wlv_fraction'"))
                .extracting(row -> row.get("count"))
                .containsExactly(1L);
    }

    @Test
    void aBodyThatIsCutAnywhereIsNoJson() {
        byte[] body = CapturedRequests.bytes(CapturedRequests.heartbeats("healthy").getFirst());
        for (int length = 0; length < body.length; length++) {
            assertThat(fixtures.send(Arrays.copyOf(body, length)))
                    .as("%d bytes", length)
                    .isInstanceOf(IntakeResult.Malformed.class);
        }
    }

    @Test
    void capturedBodiesWithBytesChangedGetAnAnswer() {
        List<byte[]> bodies = new ArrayList<>();
        for (String file : CapturedRequests.FILES) {
            for (JsonNode body : CapturedRequests.heartbeats(file)) {
                bodies.add(CapturedRequests.bytes(body));
            }
        }
        Random random = new Random(SEED);
        List<CompletionStage<IntakeResult>> results = new ArrayList<>();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = bodies.get(random.nextInt(bodies.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            }
            results.add(
                    fixtures.intake.acceptJson(fixtures.principal, null, mutant, Instant.now()));
            if (results.size() == 400) {
                results.forEach(BadStructuresIT::isAnswered);
                results.clear();
            }
            fixtures.nanoTime.addAndGet(1_000_000_000);
        }
        results.forEach(BadStructuresIT::isAnswered);
        System.out.printf("bad structure: %d mutations, seed %d%n", MUTATIONS, SEED);
    }

    private static void isAnswered(CompletionStage<IntakeResult> result) {
        assertThat(Fixtures.await(result))
                .isInstanceOfAny(
                        IntakeResult.Stored.class,
                        IntakeResult.Quarantined.class,
                        IntakeResult.Malformed.class);
    }

    private static Cost accept(byte[] body) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        CompletionStage<IntakeResult> result =
                fixtures.intake.acceptJson(fixtures.principal, null, body, Instant.now());
        return new Cost(
                result,
                threads.getCurrentThreadCpuTime() - cpu,
                threads.getCurrentThreadAllocatedBytes() - allocated);
    }

    private record Cost(CompletionStage<IntakeResult> result, long cpuNanos, long allocated) {}

    private static String nested(String open, String close, int depth) {
        return open.repeat(depth) + close.repeat(depth);
    }

    private static String keys(int count, IntFunction<String> name) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + name.apply(i) + "\":1")
                .collect(Collectors.joining(","));
    }

    private static String models(int count, IntFunction<String> name) {
        return "{"
                + NAMED
                + ",\"usage\":{\"byModel\":{"
                + keys(count, name).replace("\":1", "\":{\"calls\":1}")
                + "}}}";
    }

    /** All of one {@link String#hashCode()}. */
    private static String colliding(int number) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 15; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }
}
