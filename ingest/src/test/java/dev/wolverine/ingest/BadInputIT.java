package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.HeartbeatFlags;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.postgres.WholeSnapshot;
import dev.wolverine.ingest.corpus.BadNumber;
import dev.wolverine.ingest.corpus.BadText;
import dev.wolverine.ingest.corpus.SampleBeat;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every bad text and number in every field, over both protocols: each beat is stored, mended and
 * flagged, or kept aside for a reason, and none harms another. Both protocols write the same rows.
 */
@NullUnmarked
class BadInputIT {

    /** Few enough at a time that none waits too long for its commit. */
    private static final int AT_A_TIME = 200;

    private static final String BEATS =
            """
            SELECT s.instance_id, h.ts, h.pid, h.uptime_s, h.memory_mb, h.peak_memory_mb, h.cpu_centi_percent,
                   h.routes_healthy, h.routes_unhealthy, h.slowest_us, h.status, h.flags,
            """
                    + WholeSnapshot.COLUMNS
                    + " FROM heartbeats h JOIN servers s ON s.id = h.server_id "
                    + WholeSnapshot.JOIN;

    private static final String STATES =
            """
            SELECT s.instance_id, t.* FROM current_states t JOIN servers s ON s.id = t.server_id
            """;

    private static final String ASIDE =
            """
            SELECT DISTINCT instance_id, reason FROM heartbeat_quarantine
            WHERE instance_id NOT LIKE 'number%' ORDER BY 1, 2
            """;

    /** Noon of a day within the retention: that of {@link Fixtures} is ten years. */
    private static final long NOON = Instant.parse("2026-01-02T12:00:00Z").toEpochMilli();

    private static final List<BadText> TEXTS = BadText.all();
    private static final List<BadNumber> NUMBERS = BadNumber.all();

    private static Fixtures overJson;
    private static Fixtures overProtobuf;
    private static final Map<SampleBeat, IntakeResult> jsonResults = new LinkedHashMap<>();
    private static final Map<SampleBeat, IntakeResult> protobufResults = new LinkedHashMap<>();
    private static Map<Key, Row> jsonRows;
    private static Map<Key, Row> protobufRows;

    @BeforeAll
    static void sendAll() {
        overJson = new Fixtures();
        overProtobuf = new Fixtures();
        List<SampleBeat> beats = beats();
        sendAll(
                beats.stream().filter(BadInputIT::isInJson).toList(),
                beat ->
                        overJson.intake.acceptJson(
                                overJson.principal, null, beat.json(), Instant.now()),
                jsonResults);
        sendAll(
                beats.stream().filter(BadInputIT::isInProtobuf).toList(),
                beat -> overProtobuf.acceptProto(beat.protobuf()),
                protobufResults);
        jsonRows = rows(overJson);
        protobufRows = rows(overProtobuf);
        System.out.printf(
                "bad input: %d texts x %d fields and %d numbers x %d fields: %d beats in JSON, %d in protobuf%n",
                TEXTS.size(),
                SampleBeat.texts().size(),
                NUMBERS.size(),
                SampleBeat.numbers().size(),
                jsonResults.size(),
                protobufResults.size());
    }

    @AfterAll
    static void stop() {
        overJson.close();
        overProtobuf.close();
    }

    @Test
    void everyBeatIsStoredOrKeptAside() {
        for (Map<SampleBeat, IntakeResult> results : List.of(jsonResults, protobufResults)) {
            results.forEach((beat, result) ->
                    assertThat(result)
                            .as("%s", beat)
                            .isInstanceOfAny(
                                    IntakeResult.Stored.class, IntakeResult.Quarantined.class));
        }
        assertThat(jsonResults).hasSizeGreaterThan(200 * 20);
    }

    @Test
    void noBeatHarmsItsNeighbours() {
        for (Map<SampleBeat, IntakeResult> results : List.of(jsonResults, protobufResults)) {
            results.forEach((beat, result) -> {
                if (beat.place().isEmpty()) {
                    assertThat(result).as("%s", beat).isEqualTo(new IntakeResult.Stored(false));
                }
            });
        }
    }

    @Test
    void bothProtocolsGiveTheSameAnswerAndTheSameRows() {
        List<String> differences = new ArrayList<>();
        protobufResults.forEach((beat, result) -> {
            IntakeResult other = jsonResults.get(beat);
            if (other != null && !other.equals(result)) {
                differences.add(beat + ": " + other + " / " + result);
            } else if (other != null) {
                Row one = jsonRows.get(Key.of(beat));
                Row two = protobufRows.get(Key.of(beat));
                if (!java.util.Objects.equals(one, two)) {
                    differences.add(beat + ":\n  " + one + "\n  " + two);
                }
            }
        });
        assertThat(differences).isEmpty();
    }

    @Test
    void bothProtocolsGiveTheSameNewestStates() {
        Map<String, Map<String, Object>> one = states(overJson);
        Map<String, Map<String, Object>> two = states(overProtobuf);
        one.keySet().retainAll(two.keySet());
        two.keySet().retainAll(one.keySet());
        one.keySet().removeIf(instance -> instance.startsWith("number"));
        two.keySet().removeIf(instance -> instance.startsWith("number"));
        assertThat(one).hasSizeGreaterThan(400).isEqualTo(two);
    }

    @Test
    void bothProtocolsKeepTheSameAside() {
        assertThat(overJson.rows(ASIDE)).hasSize(3).isEqualTo(overProtobuf.rows(ASIDE));
    }

    @Test
    void whatIsStoredIsWhatWasSentOrIsMendedAndFlagged() {
        List<String> wrong = new ArrayList<>();
        for (SampleBeat beat : jsonResults.keySet()) {
            Row row = jsonRows.get(Key.of(beat));
            if (row == null || !(beat.value() instanceof BadText text)) {
                continue;
            }
            if (beat.place().equals("instance_id")) {
                assertThat(text.isMended()).as("%s", beat).isFalse();
                continue;
            }
            String sent = sent(beat.place(), text);
            List<String> stored = row.texts();
            boolean flagged = (row.flags() & HeartbeatFlags.TEXT_MENDED) != 0;
            boolean mended = text.isMended() && !isEscaped(beat.place(), text);
            boolean whole = stored.contains(sent);
            boolean cut =
                    stored.stream()
                            .anyMatch(kept ->
                                    kept.length() >= 255
                                            && kept.length() < sent.length()
                                            && sent.startsWith(kept));
            if ((!whole && !cut) || flagged != (mended || !whole)) {
                wrong.add(beat + ": flags " + row.flags() + ", whole " + whole + ", cut " + cut);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aBadFieldLeavesTheOthersAlone() {
        Row good = jsonRows.get(new Key("good", NOON));
        assertThat(good.flags()).isZero();
        List<String> wrong = new ArrayList<>();
        for (SampleBeat beat : jsonResults.keySet()) {
            Row row = jsonRows.get(Key.of(beat));
            if (row == null) {
                continue;
            }
            List<String> missing = new ArrayList<>(good.texts());
            row.texts().forEach(missing::remove);
            boolean named = beat.place().equals("brain.namespaces.value");
            int replaced = beat.value() instanceof BadText || named ? 1 : 0;
            if (missing.size() > replaced) {
                wrong.add(beat + ": " + missing);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aNumberThatNoFieldTakesIsAbsentFlaggedAndKept() {
        int rejected = 0;
        for (Map.Entry<SampleBeat, IntakeResult> sent : jsonResults.entrySet()) {
            Row row = jsonRows.get(Key.of(sent.getKey()));
            if (!(sent.getKey().value() instanceof BadNumber number) || row == null) {
                continue;
            }
            Double value = number.number();
            boolean flagged = (row.flags() & HeartbeatFlags.VALUE_REJECTED) != 0;
            if (value == null || value < 0 || value > 1e19) {
                assertThat(flagged)
                        .as("%s", sent.getKey())
                        .isEqualTo(!"null".equals(number.json()));
            }
            assertThat(SnapshotCodec.decode(row.content()).unknown())
                    .as("%s", sent.getKey())
                    .hasSize(flagged ? 2 : 1);
            rejected += flagged ? 1 : 0;
        }
        assertThat(rejected).isGreaterThan(500);
    }

    /** A bad value at each place, and one good beat beside each. */
    private static List<SampleBeat> beats() {
        List<SampleBeat> beats = new ArrayList<>();
        beats.add(SampleBeat.good("good", NOON));
        corpus("text", TEXTS, SampleBeat.texts(), beats);
        corpus("number", NUMBERS, SampleBeat.numbers(), beats);
        return beats;
    }

    private static void corpus(
            String name, List<?> values, List<String> places, List<SampleBeat> beats) {
        for (int value = 0; value < values.size(); value++) {
            for (int place = 0; place < places.size(); place++) {
                beats.add(
                        new SampleBeat(
                                name + value,
                                NOON + place * 1_000L,
                                places.get(place),
                                values.get(value)));
                beats.add(SampleBeat.good("beside-" + name + value, NOON + place * 1_000L));
            }
        }
    }

    private static boolean isInJson(SampleBeat beat) {
        return !(beat.value() instanceof BadNumber number) || number.json() != null;
    }

    private static boolean isInProtobuf(SampleBeat beat) {
        return !(beat.value() instanceof BadNumber number) || SampleBeat.fits(beat.place(), number);
    }

    private static void sendAll(
            List<SampleBeat> beats,
            Function<SampleBeat, CompletionStage<IntakeResult>> send,
            Map<SampleBeat, IntakeResult> results) {
        for (int from = 0; from < beats.size(); from += AT_A_TIME) {
            List<SampleBeat> some = beats.subList(from, Math.min(beats.size(), from + AT_A_TIME));
            List<CompletionStage<IntakeResult>> sent = some.stream().map(send).toList();
            for (int i = 0; i < some.size(); i++) {
                IntakeResult result = Fixtures.await(sent.get(i));
                for (int again = 0; again < 20 && result instanceof IntakeResult.Refused; again++) {
                    result = Fixtures.await(send.apply(some.get(i)));
                }
                results.put(some.get(i), result);
            }
        }
    }

    private static String sent(String place, BadText text) {
        return switch (place) {
            case "alerts_json", "unknown.value" ->
                    "\"" + new String(text.json(), StandardCharsets.UTF_8) + "\"";
            case "unknown.key" -> "/" + text.mended().replace("~", "~0").replace("/", "~1");
            default -> text.mended();
        };
    }

    /** Whether JSON text says it with ASCII, so that nothing is to be mended. */
    private static boolean isEscaped(String place, BadText text) {
        return (place.equals("alerts_json") || place.equals("unknown.value"))
                && Arrays.equals(
                        new String(text.json(), StandardCharsets.UTF_8)
                                .getBytes(StandardCharsets.UTF_8),
                        text.json());
    }

    private static Map<Key, Row> rows(Fixtures fixtures) {
        Map<Key, Row> rows = new HashMap<>();
        for (Map<String, @Nullable Object> row : fixtures.rows(BEATS)) {
            Map<String, @Nullable Object> narrow = new TreeMap<>(row);
            Timestamp ts = (Timestamp) narrow.remove("ts");
            String instance = (String) narrow.remove("instance_id");
            byte[] content = WholeSnapshot.takeFrom(narrow);
            rows.put(new Key(instance, ts.getTime()), new Row(narrow, content));
        }
        return rows;
    }

    private static Map<String, Map<String, Object>> states(Fixtures fixtures) {
        Map<String, Map<String, Object>> states = new TreeMap<>();
        for (Map<String, @Nullable Object> row : fixtures.rows(STATES)) {
            row.keySet().removeAll(List.of("server_id", "org_id", "last_seen"));
            states.put((String) row.get("instance_id"), row);
        }
        return states;
    }

    private record Key(String instance, long millis) {
        static Key of(SampleBeat beat) {
            String instance =
                    beat.place().equals("instance_id")
                            ? ((BadText) beat.value()).mended()
                            : beat.instanceId();
            return new Key(instance, beat.timestamp());
        }
    }

    private record Row(Map<String, @Nullable Object> narrow, byte[] content) {

        private static final ClassValue<RecordComponent[]> COMPONENTS =
                new ClassValue<>() {
                    @Override
                    protected RecordComponent[] computeValue(Class<?> type) {
                        return type.getRecordComponents();
                    }
                };

        int flags() {
            return (Integer) narrow.get("flags");
        }

        /** Each text of the snapshot, wherever it stands. */
        List<String> texts() {
            List<String> texts = new ArrayList<>();
            collect(SnapshotCodec.decode(content), texts);
            return texts;
        }

        private static void collect(@Nullable Object value, List<String> texts) {
            switch (value) {
                case null -> {}
                case String text -> texts.add(text);
                case List<?> list -> list.forEach(item -> collect(item, texts));
                case Map<?, ?> map ->
                        map.forEach((key, item) -> {
                            collect(key, texts);
                            collect(item, texts);
                        });
                case Record record -> {
                    for (RecordComponent component : COMPONENTS.get(record.getClass())) {
                        collect(value(component, record), texts);
                    }
                }
                default -> {}
            }
        }

        private static Object value(RecordComponent component, Record record) {
            try {
                return component.getAccessor().invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(component.toString(), e);
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Row that
                    && narrow.equals(that.narrow)
                    && Arrays.equals(content, that.content);
        }

        @Override
        public int hashCode() {
            return narrow.hashCode();
        }

        @Override
        public String toString() {
            String snapshot = SnapshotCodec.decode(content).toString();
            return narrow + " " + snapshot.substring(0, Math.min(snapshot.length(), 900));
        }
    }
}
