package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.ingest.corpus.BadNumber;
import dev.wolverine.ingest.corpus.BadText;
import dev.wolverine.ingest.decode.BeatReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Every bad text and number in every field that any captured client ever sent, older spellings
 * included: the intake makes an entry of each, and one that can be written.
 */
@NullUnmarked
class CapturedFieldsTest {

    private static final String PLACE = "@@place@@";

    private final List<LogEntry> appended = new ArrayList<>();
    private final HeartbeatIntake intake =
            new HeartbeatIntake(
                    entry -> {
                        appended.add(entry);
                        return CompletableFuture.completedFuture(
                                new HeartbeatLog.Outcome.Durable(AppendResult.STORED));
                    },
                    new Admission(
                            unlimited(),
                            () -> new HeapReading(0, 0, 1_000),
                            () -> 0,
                            RandomGenerator.getDefault(),
                            new SimpleMeterRegistry()),
                    new InstanceNames(
                            new SelectInstancesByName(new PGSimpleDataSource()),
                            Runnable::run,
                            () -> 0),
                    new BeatReader(
                            1 << 24, RandomGenerator.getDefault(), new SimpleMeterRegistry()),
                    IngestConfig.defaults().clock(),
                    Fixtures.RETENTION,
                    new SimpleMeterRegistry());

    @Test
    void takesAnyValueInAnyFieldOfAnyVersion() {
        List<byte[]> values = new ArrayList<>();
        BadText.all().forEach(text -> values.add(quoted(text.json())));
        BadNumber.all().stream()
                .filter(number -> number.json() != null)
                .forEach(number -> values.add(number.json().getBytes(StandardCharsets.US_ASCII)));
        Map<String, byte[]> templates = templates();
        assertThat(templates)
                .containsKeys("/v", "/mem", "/routes/total", "/usage/byModel/*/cost")
                .hasSizeGreaterThan(60);
        Principal principal = new Principal(new UUID(0, 1), Role.INGEST, "key:x", null);
        int sent = 0;
        for (Map.Entry<String, byte[]> template : templates.entrySet()) {
            for (byte[] value : values) {
                byte[] body = put(template.getValue(), value);
                IntakeResult result =
                        intake.acceptJson(principal, "wlv_a", body, Instant.now())
                                .toCompletableFuture()
                                .join();
                assertThat(result)
                        .as("%s", template.getKey())
                        .isEqualTo(new IntakeResult.Stored(false));
                assertThat(appended).hasSize(1);
                canBeWritten(template.getKey(), appended.removeFirst());
                sent++;
            }
        }
        System.out.printf(
                "captured fields: %d values x %d fields: %d beats%n",
                values.size(), templates.size(), sent);
    }

    private static void canBeWritten(String place, LogEntry entry) {
        if (entry instanceof Heartbeat heartbeat) {
            Snapshot snapshot = SnapshotCodec.decode(heartbeat.snapshot());
            assertThat(SnapshotCodec.encode(snapshot)).as(place).isEqualTo(heartbeat.snapshot());
            assertThat(snapshot.toString().indexOf('\0')).as(place).isNegative();
            assertThat(snapshot.usage())
                    .as(place)
                    .isSorted()
                    .extracting(use -> List.of(use.dimension(), use.key(), use.category()))
                    .doesNotHaveDuplicates();
        }
    }

    /**
     * For each field, by its pointer with `*` for keys of maps, a body with a mark in its place.
     */
    private static Map<String, byte[]> templates() {
        Map<String, byte[]> templates = new TreeMap<>();
        for (String file : CapturedRequests.FILES) {
            for (JsonNode body : CapturedRequests.heartbeats(file)) {
                mark(body, body, "", templates);
            }
        }
        return templates;
    }

    private static void mark(
            JsonNode body, JsonNode node, String shape, Map<String, byte[]> templates) {
        boolean map = shape.matches("/usage/by(Model|Category|Tool|Provider)|/brain/namespaces");
        if (node instanceof ObjectNode object) {
            for (String field :
                    List.copyOf(object.propertyStream().map(Map.Entry::getKey).toList())) {
                String next = shape + "/" + (map ? "*" : field);
                JsonNode value = object.get(field);
                if (!templates.containsKey(next)) {
                    object.put(field, PLACE);
                    templates.put(next, CapturedRequests.bytes(body));
                    object.set(field, value);
                }
                mark(body, value, next, templates);
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(item -> mark(body, item, shape + "/*", templates));
        }
    }

    private static byte[] put(byte[] template, byte[] value) {
        String marked = new String(template, StandardCharsets.UTF_8);
        int at = marked.indexOf("\"" + PLACE + "\"");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(marked.substring(0, at).getBytes(StandardCharsets.UTF_8));
        body.writeBytes(value);
        body.writeBytes(marked.substring(at + PLACE.length() + 2).getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static byte[] quoted(byte[] text) {
        ByteArrayOutputStream quoted = new ByteArrayOutputStream();
        quoted.write('"');
        quoted.writeBytes(text);
        quoted.write('"');
        return quoted.toByteArray();
    }

    private static IngestConfig unlimited() {
        IngestConfig shipped = IngestConfig.defaults();
        return new IngestConfig(
                shipped.writers(),
                shipped.maxCachedServers(),
                shipped.batch(),
                shipped.queue(),
                shipped.stream(),
                shipped.templates(),
                shipped.clock(),
                new IngestConfig.Rate(1, 1_000_000, 1_000_000, 100_000_000),
                shipped.drain(),
                shipped.memoryGate());
    }
}
