package dev.wolverine.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of every client version as a stream, without a tree: the current payload, the lean
 * one from before 1.1, and the spellings in between. A key that is known nowhere, and a value of
 * the wrong type, are kept as they came.
 *
 * <p>Thread-safe.
 */
public final class JsonHeartbeatDecoder {

    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 64 * 1024;
    private static final int MAX_NUMBER = 400;
    private static final int MAX_NAME = 1_024;
    private static final long MAX_TOKENS = 50_000;

    private final JsonFactory factory =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(MAX_TEXT)
                                    .maxNumberLength(MAX_NUMBER)
                                    .maxNameLength(MAX_NAME)
                                    .maxTokenCount(MAX_TOKENS)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();

    /**
     * The draft of a beat.
     *
     * @throws UndecodableBeat if the body is no JSON, no object, or beyond the limits: depth 32,
     *     texts of 64 Ki characters, 50,000 tokens, keys named once
     */
    public HeartbeatDraft decode(byte[] body) throws UndecodableBeat {
        if (isNotUtf8(body)) {
            throw UndecodableBeat.malformed("the body is not JSON in UTF-8");
        }
        try (JsonParser parser = factory.createParser(body)) {
            return new Reading(parser, body).read();
        } catch (StreamConstraintsException e) {
            boolean deep = e.getOriginalMessage().contains("nesting depth");
            throw UndecodableBeat.unacceptable(
                    deep ? QuarantineReason.TOO_DEEP : QuarantineReason.TOO_LARGE,
                    e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            if (e.getOriginalMessage().startsWith("Duplicate field")) {
                throw UndecodableBeat.unacceptable(
                        QuarantineReason.DUPLICATE_KEY, e.getOriginalMessage());
            }
            throw UndecodableBeat.malformed("the body is not JSON: " + where(e));
        } catch (IOException e) {
            throw UndecodableBeat.malformed("the body is not JSON in UTF-8");
        }
    }

    /** Jackson would take UTF-16 and UTF-32 too, and count its offsets in characters. */
    private static boolean isNotUtf8(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0 || body[i] == (byte) 0xFE || body[i] == (byte) 0xFF) {
                return true;
            }
        }
        return false;
    }

    private static String where(JsonProcessingException e) {
        if (e.getLocation() == null) {
            return "it ends too early";
        }
        return "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    }

    /**
     * Reads one body. Each method is called on the value's first token and leaves the parser on its
     * last.
     */
    private static final class Reading {
        private final JsonParser parser;
        private final byte[] body;
        private final HeartbeatDraft draft = new HeartbeatDraft();

        Reading(JsonParser parser, byte[] body) {
            this.parser = parser;
            this.body = body;
        }

        HeartbeatDraft read() throws IOException, UndecodableBeat {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw UndecodableBeat.malformed("the body is empty (expected: a JSON object)");
            }
            if (first != JsonToken.START_OBJECT) {
                parser.skipChildren();
                end();
                throw UndecodableBeat.unacceptable(
                        QuarantineReason.NOT_AN_OBJECT, "the body is JSON, but not an object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                top(field);
            }
            end();
            return draft;
        }

        private void end() throws IOException, UndecodableBeat {
            if (parser.nextToken() != null) {
                throw UndecodableBeat.malformed("something follows the JSON value");
            }
        }

        private void top(String field) throws IOException {
            switch (field) {
                case "instanceId", "id" -> instanceId(field);
                case "version", "v" -> text(field, draft::version);
                case "timestamp", "t" -> timestamp();
                case "name" -> text(field, draft::name);
                case "up" -> number("/up", draft::uptimeSeconds);
                case "mem" -> number("/mem", draft::memoryMb);
                case "cpu" -> number("/cpu", draft::cpuPercent);
                case "tokens" -> number("/tokens", draft::tokens);
                case "cost" -> number("/cost", draft::cost);
                case "calls" -> number("/calls", draft::calls);
                case "server" -> object("/server", this::server);
                case "process" -> object("/process", this::process);
                case "routes" -> object("/routes", this::routes);
                case "repairs" -> object("/repairs", this::repairs);
                case "usage" -> object("/usage", this::usage);
                case "brain" -> numberOrObject("/brain", draft::memories, this::brain);
                case "backups" -> numberOrObject("/backups", draft::backups, this::backups);
                case "alerts" -> alerts();
                default -> unknown("/" + JsonPointers.escape(field));
            }
        }

        private void server(String field, String pointer) throws IOException {
            switch (field) {
                case "name" -> text(pointer, draft::name);
                case "port" -> number(pointer, draft::port);
                case "uptime" -> number(pointer, draft::uptimeSeconds);
                case "status" -> text(pointer, draft::status);
                case "pid" -> number(pointer, draft::pid);
                default -> unknown(pointer);
            }
        }

        private void process(String field, String pointer) throws IOException {
            switch (field) {
                case "memoryMB" -> number(pointer, draft::memoryMb);
                case "cpuPercent" -> number(pointer, draft::cpuPercent);
                case "peakMemoryMB" -> number(pointer, draft::peakMemoryMb);
                default -> unknown(pointer);
            }
        }

        private void routes(String field, String pointer) throws IOException {
            switch (field) {
                case "totalRoutes", "total" -> number(pointer, draft::totalRoutes);
                case "healthy" -> number(pointer, draft::healthyRoutes);
                case "unhealthy" -> number(pointer, draft::unhealthyRoutes);
                case "slowest" -> object(pointer, this::slowest);
                default -> unknown(pointer);
            }
        }

        private void slowest(String field, String pointer) throws IOException {
            switch (field) {
                case "path" -> text(pointer, draft::slowestPath);
                case "avgMs" -> number(pointer, draft::slowestRouteMillis);
                default -> unknown(pointer);
            }
        }

        private void repairs(String field, String pointer) throws IOException {
            switch (field) {
                case "total" -> number(pointer, draft::repairs);
                case "successes" -> number(pointer, draft::repairSuccesses);
                case "failures" -> number(pointer, draft::repairFailures);
                case "successRate" -> number(pointer, draft::repairSuccessRate);
                case "totalCost" -> number(pointer, draft::repairCost);
                case "totalTokens" -> number(pointer, draft::repairTokens);
                case "avgTokensPerRepair" -> number(pointer, draft::repairAverageTokens);
                case "lastRepair" -> lastRepair(pointer);
                default -> unknown(pointer);
            }
        }

        private void lastRepair(String pointer) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            LastRepairDraft last = new LastRepairDraft();
            object(
                    pointer,
                    (field, at) -> {
                        switch (field) {
                            case "error" -> text(at, value -> last.error = draft.prose(value));
                            case "resolution" ->
                                    text(at, value -> last.resolution = draft.prose(value));
                            case "tokens" ->
                                    number(
                                            at,
                                            (value, where) ->
                                                    last.tokens = draft.count(value, where));
                            case "cost" ->
                                    number(
                                            at,
                                            (value, where) ->
                                                    last.costMicros = draft.micros(value, where));
                            case "mode" -> text(at, value -> last.mode = draft.prose(value));
                            case "success" -> last.success = truth(at);
                            case "timestamp" ->
                                    number(
                                            at,
                                            (value, where) ->
                                                    last.timestamp = draft.count(value, where));
                            case "model" -> text(at, value -> last.model = draft.prose(value));
                            case "duration" ->
                                    number(
                                            at,
                                            (value, where) ->
                                                    last.durationMilli = draft.milli(value, where));
                            default -> unknown(at);
                        }
                    });
            draft.lastRepair(last.build());
        }

        private void usage(String field, String pointer) throws IOException {
            switch (field) {
                case "totalTokens" -> number(pointer, draft::tokens);
                case "totalCalls" -> number(pointer, draft::calls);
                case "totalCost" -> number(pointer, draft::cost);
                case "totalCacheSavings" -> number(pointer, draft::cacheSavings);
                case "byModel" -> breakdown(Snapshot.Dimension.MODEL, pointer);
                case "byCategory" -> breakdown(Snapshot.Dimension.CATEGORY, pointer);
                case "byTool" -> breakdown(Snapshot.Dimension.TOOL, pointer);
                case "byProvider" -> breakdown(Snapshot.Dimension.PROVIDER, pointer);
                case "byModelCategory" -> modelCategories(pointer);
                default -> unknown(pointer);
            }
        }

        private void breakdown(Snapshot.Dimension dimension, String pointer) throws IOException {
            object(
                    pointer,
                    (key, at) -> {
                        UsageDraft entry = new UsageDraft(dimension, draft.key(key), "");
                        if (counters(entry, at)) {
                            draft.usage(entry);
                        }
                    });
        }

        /**
         * An array of objects; older clients send an object, whose keys say nothing that the
         * entries do not.
         */
        private void modelCategories(String pointer) throws IOException {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                object(pointer, (key, at) -> modelCategory(at));
            } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                    modelCategory(pointer + "/" + index);
                }
            } else {
                odd(pointer);
            }
        }

        private void modelCategory(String pointer) throws IOException {
            UsageDraft entry = new UsageDraft(Snapshot.Dimension.MODEL_CATEGORY, "", "");
            if (counters(entry, pointer)) {
                draft.usage(entry);
            }
        }

        private boolean counters(UsageDraft entry, String pointer) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                odd(pointer);
                return false;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                Snapshot.Counter counter = Snapshot.Counter.ofField(field);
                if (counter != null && parser.currentToken().isNumeric()) {
                    draft.counter(entry, counter, decimal(), pointer + "/" + counter.field());
                } else if (field.equals("model")
                        && parser.currentToken() == JsonToken.VALUE_STRING) {
                    entry.key(draft.key(parser.getText()));
                } else if (field.equals("category")
                        && parser.currentToken() == JsonToken.VALUE_STRING) {
                    entry.category(draft.key(parser.getText()));
                } else {
                    unknownOrOdd(counter != null, pointer + "/" + JsonPointers.escape(field));
                }
            }
            return true;
        }

        private void brain(String field, String pointer) throws IOException {
            switch (field) {
                case "totalMemories" -> number(pointer, draft::memories);
                case "namespaces" ->
                        object(
                                pointer,
                                (namespace, at) ->
                                        number(
                                                at,
                                                (value, where) ->
                                                        draft.memoryNamespace(
                                                                namespace, value, where)));
                default -> unknown(pointer);
            }
        }

        private void backups(String field, String pointer) throws IOException {
            switch (field) {
                case "total" -> number(pointer, draft::backups);
                case "stable" -> number(pointer, draft::stableBackups);
                case "verified" -> number(pointer, draft::verifiedBackups);
                case "unstable" -> number(pointer, draft::unstableBackups);
                default -> unknown(pointer);
            }
        }

        private void alerts() throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                odd("/alerts");
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                draft.alert(raw());
            }
        }

        private void instanceId(String field) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                draft.instanceId(parser.getText());
            } else {
                odd("/" + field);
            }
        }

        private void timestamp() throws IOException {
            if (parser.currentToken().isNumeric()) {
                draft.timestamp(decimal());
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                draft.oddTimestamp();
                parser.skipChildren();
            }
        }

        private void object(String pointer, FieldReader reader) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                odd(pointer);
                return;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                reader.read(field, pointer + "/" + JsonPointers.escape(field));
            }
        }

        private void numberOrObject(String pointer, NumberSink sink, FieldReader reader)
                throws IOException {
            if (parser.currentToken().isNumeric()) {
                sink.accept(decimal(), pointer);
            } else {
                object(pointer, reader);
            }
        }

        private void number(String pointer, NumberSink sink) throws IOException {
            if (parser.currentToken().isNumeric()) {
                sink.accept(decimal(), pointer);
            } else {
                odd(pointer);
            }
        }

        private void text(String pointer, TextSink sink) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                sink.accept(parser.getText());
            } else {
                odd(pointer.startsWith("/") ? pointer : "/" + pointer);
            }
        }

        private @Nullable Boolean truth(String pointer) throws IOException {
            if (parser.currentToken().isBoolean()) {
                return parser.getBooleanValue();
            }
            odd(pointer);
            return null;
        }

        private double decimal() throws IOException {
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                            && parser.getTextLength() < 18
                    ? parser.getLongValue()
                    : parser.getDoubleValue();
        }

        /** A value of the wrong type; null is simply absent. */
        private void odd(String pointer) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                draft.rejected(pointer, raw());
            }
        }

        private void unknown(String pointer) throws IOException {
            draft.unknown(pointer, raw());
        }

        private void unknownOrOdd(boolean known, String pointer) throws IOException {
            if (known) {
                odd(pointer);
            } else {
                unknown(pointer);
            }
        }

        /** The JSON text of the current value, byte for byte. */
        private String raw() throws IOException {
            int start = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            parser.finishToken();
            int end = (int) parser.currentLocation().getByteOffset();
            return new String(body, start, end - start, StandardCharsets.UTF_8).strip();
        }
    }

    private static final class LastRepairDraft {
        private @Nullable String error;
        private @Nullable String resolution;
        private @Nullable Long tokens;
        private @Nullable Long costMicros;
        private @Nullable String mode;
        private @Nullable Boolean success;
        private @Nullable Long timestamp;
        private @Nullable String model;
        private @Nullable Long durationMilli;

        Snapshot.LastRepair build() {
            return new Snapshot.LastRepair(
                    error,
                    resolution,
                    tokens,
                    costMicros,
                    mode,
                    success,
                    timestamp,
                    model,
                    durationMilli);
        }
    }

    @FunctionalInterface
    private interface FieldReader {
        void read(String field, String pointer) throws IOException;
    }

    @FunctionalInterface
    private interface NumberSink {
        void accept(double value, String pointer);
    }

    @FunctionalInterface
    private interface TextSink {
        void accept(String value);
    }
}
