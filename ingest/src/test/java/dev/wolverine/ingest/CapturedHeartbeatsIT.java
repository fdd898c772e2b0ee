package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.postgres.WholeSnapshot;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every leaf of every captured body is found again in the database, by its path, with its value.
 */
@NullUnmarked
class CapturedHeartbeatsIT {

    static final List<String> FILES = CapturedRequests.FILES;

    private static Fixtures fixtures;

    @BeforeAll
    static void start() {
        fixtures = new Fixtures();
    }

    @AfterAll
    static void stop() {
        fixtures.close();
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void everyLeafIsStored(String file) {
        List<JsonNode> bodies = CapturedRequests.heartbeats(file);
        assertThat(bodies).isNotEmpty();
        for (JsonNode body : bodies) {
            assertThat(fixtures.send(CapturedRequests.bytes(body)))
                    .isInstanceOf(IntakeResult.Stored.class);
            Stored stored = stored(body);
            Map<String, JsonNode> leaves = new TreeMap<>();
            leaves("", body, leaves);
            assertThat(leaves).hasSizeGreaterThan(15);
            leaves.forEach((pointer, leaf) ->
                    assertThat(stored.at(pointer, body))
                            .as("%s of %s", pointer, file)
                            .isEqualTo(expected(leaf)));
        }
    }

    @Test
    void aLeafThatIsMappedNowhereIsNoticed() {
        List<JsonNode> bodies = CapturedRequests.heartbeats("v1.6.0");
        fixtures.send(CapturedRequests.bytes(bodies.getFirst()));
        Stored stored = stored(bodies.getFirst());
        assertThat(stored.at("/server/flavour", bodies.getFirst())).isEqualTo("mapped nowhere");
    }

    /**
     * Numbers are compared in millionths: what is money is kept so, rounded as JavaScript's
     * Math.round does.
     */
    private static Object expected(JsonNode leaf) {
        return leaf.isNumber() ? decimal(leaf.asDouble()) : leaf.asText();
    }

    private static String decimal(double value) {
        return String.format(java.util.Locale.ROOT, "%.6f", Math.round(value * 1e6) / 1e6);
    }

    private static void leaves(String pointer, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field ->
                            leaves(
                                    pointer
                                            + "/"
                                            + field.getKey().replace("~", "~0").replace("/", "~1"),
                                    field.getValue(),
                                    leaves));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                leaves(pointer + "/" + i, node.get(i), leaves);
            }
        } else if (!node.isNull()) {
            leaves.put(pointer, node);
        }
    }

    private static Stored stored(JsonNode body) {
        String instance =
                body.has("id") ? body.get("id").asText() : body.get("instanceId").asText();
        long millis = body.has("t") ? body.get("t").asLong() : body.get("timestamp").asLong();
        List<Map<String, @Nullable Object>> rows =
                fixtures.rows(
                        "SELECT h.*, s.instance_id, "
                                + WholeSnapshot.COLUMNS
                                + " FROM heartbeats h JOIN servers s ON s.id = h.server_id "
                                + WholeSnapshot.JOIN
                                + " WHERE s.instance_id = ? AND h.ts = ?",
                        instance,
                        Timestamp.from(Instant.ofEpochMilli(millis)));
        assertThat(rows).hasSize(1);
        return new Stored(
                rows.getFirst(), SnapshotCodec.decode(WholeSnapshot.takeFrom(rows.getFirst())));
    }

    private record Stored(Map<String, @Nullable Object> row, Snapshot snapshot) {

        @Nullable Object at(String pointer, JsonNode body) {
            List<String> steps = new ArrayList<>(List.of(pointer.substring(1).split("/")));
            if (steps.getFirst().equals("usage") && steps.size() > 3) {
                return usage(steps, body);
            }
            return switch (pointer) {
                case "/instanceId", "/id" -> row.get("instance_id");
                case "/timestamp", "/t" -> decimal((double) ((Timestamp) row.get("ts")).getTime());
                case "/version", "/v" -> snapshot.version();
                case "/server/name", "/name" -> snapshot.name();
                case "/server/port" -> count(snapshot.port());
                case "/server/uptime", "/up" -> column("uptime_s");
                case "/server/status" ->
                        ReportedStatus.ofCode(((Number) row.get("status")).intValue())
                                .name()
                                .toLowerCase(java.util.Locale.ROOT);
                case "/server/pid" -> column("pid");
                case "/process/memoryMB", "/mem" -> column("memory_mb");
                case "/process/cpuPercent", "/cpu" -> scaled(row.get("cpu_centi_percent"), 100);
                case "/process/peakMemoryMB" -> column("peak_memory_mb");
                case "/routes/totalRoutes", "/routes/total" -> count(snapshot.totalRoutes());
                case "/routes/healthy" -> column("routes_healthy");
                case "/routes/unhealthy" -> column("routes_unhealthy");
                case "/routes/slowest/path" -> snapshot.slowestPath();
                case "/routes/slowest/avgMs" -> scaled(row.get("slowest_us"), 1_000);
                case "/repairs/total" -> count(snapshot.repairs().total());
                case "/repairs/successes" -> count(snapshot.repairs().successes());
                case "/repairs/failures" -> count(snapshot.repairs().failures());
                case "/repairs/successRate" -> scaled(snapshot.repairs().successRateMilli(), 1_000);
                case "/repairs/totalCost" -> scaled(snapshot.repairs().costMicros(), 1_000_000);
                case "/repairs/totalTokens" -> count(snapshot.repairs().tokens());
                case "/repairs/avgTokensPerRepair" ->
                        scaled(snapshot.repairs().averageTokensMilli(), 1_000);
                case "/repairs/lastRepair/error" -> last().error();
                case "/repairs/lastRepair/resolution" -> last().resolution();
                case "/repairs/lastRepair/tokens" -> count(last().tokens());
                case "/repairs/lastRepair/cost" -> scaled(last().costMicros(), 1_000_000);
                case "/repairs/lastRepair/mode" -> last().mode();
                case "/repairs/lastRepair/success" -> String.valueOf(last().success());
                case "/repairs/lastRepair/timestamp" -> count(last().timestampMillis());
                case "/usage/totalTokens", "/tokens" -> count(snapshot.totals().tokens());
                case "/usage/totalCalls", "/calls" -> count(snapshot.totals().calls());
                case "/usage/totalCost", "/cost" ->
                        scaled(snapshot.totals().costMicros(), 1_000_000);
                case "/usage/totalCacheSavings" ->
                        scaled(snapshot.totals().cacheSavingsMicros(), 1_000_000);
                case "/brain/totalMemories", "/brain" -> count(snapshot.memories());
                case "/backups/total", "/backups" -> count(snapshot.backups().total());
                case "/backups/stable" -> count(snapshot.backups().stable());
                case "/backups/verified" -> count(snapshot.backups().verified());
                case "/backups/unstable" -> count(snapshot.backups().unstable());
                default ->
                        pointer.startsWith("/brain/namespaces/")
                                ? count(snapshot.memoryNamespaces().get(steps.getLast()))
                                : "mapped nowhere";
            };
        }

        private @Nullable Object usage(List<String> steps, JsonNode body) {
            String field = steps.get(3);
            if (steps.get(1).equals("byModelCategory")) {
                JsonNode entry = body.at("/usage/byModelCategory/" + steps.get(2));
                Snapshot.UsageEntry found =
                        entry(
                                Snapshot.Dimension.MODEL_CATEGORY,
                                entry.get("model").asText(),
                                entry.get("category").asText());
                return switch (field) {
                    case "model" -> found.key();
                    case "category" -> found.category();
                    default -> counter(found, field);
                };
            }
            Snapshot.Dimension dimension =
                    switch (steps.get(1)) {
                        case "byModel" -> Snapshot.Dimension.MODEL;
                        case "byCategory" -> Snapshot.Dimension.CATEGORY;
                        case "byTool" -> Snapshot.Dimension.TOOL;
                        case "byProvider" -> Snapshot.Dimension.PROVIDER;
                        default -> throw new AssertionError(steps);
                    };
            return counter(entry(dimension, steps.get(2), ""), field);
        }

        private Snapshot.UsageEntry entry(
                Snapshot.Dimension dimension, String key, String category) {
            List<Snapshot.UsageEntry> found =
                    snapshot.usage().stream()
                            .filter(entry ->
                                    entry.dimension() == dimension
                                            && entry.key().equals(key)
                                            && entry.category().equals(category))
                            .toList();
            assertThat(found).as("%s %s %s", dimension, key, category).hasSize(1);
            return found.getFirst();
        }

        private static @Nullable Object counter(Snapshot.UsageEntry entry, String field) {
            Snapshot.Counter counter = Snapshot.Counter.ofField(field);
            if (counter == null || !entry.has(counter)) {
                return "mapped nowhere";
            }
            return scaled(
                    entry.value(counter),
                    switch (counter.unit()) {
                        case COUNT -> 1;
                        case DOLLARS -> 1_000_000;
                        case MILLI -> 1_000;
                    });
        }

        private Snapshot.LastRepair last() {
            Snapshot.LastRepair last = snapshot.repairs().last();
            assertThat(last).isNotNull();
            return last;
        }

        private @Nullable Object column(String name) {
            return scaled(row.get(name), 1);
        }

        private static @Nullable Object count(@Nullable Object value) {
            return scaled(value, 1);
        }

        private static @Nullable Object scaled(@Nullable Object value, int scale) {
            return value == null ? null : decimal(((Number) value).doubleValue() / scale);
        }
    }
}
