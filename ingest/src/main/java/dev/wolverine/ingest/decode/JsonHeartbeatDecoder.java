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
        if (isOtherEncoding(body)) {
            throw UndecodableBeat.malformed("the body is not JSON in UTF-8");
        }
        byte[] utf8 = JsonBytes.utf8(body);
        HeartbeatDraft draft = read(utf8);
        if (utf8 != body) {
            draft.mended();
        }
        return draft;
    }

    private HeartbeatDraft read(byte[] body) throws UndecodableBeat {
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
            byte[] whole = JsonBytes.wholeCharacters(body);
            if (whole == body) {
                throw UndecodableBeat.malformed("the body is not JSON: " + where(e));
            }
            HeartbeatDraft draft = read(whole);
            draft.mended();
            return draft;
        } catch (IOException e) {
            throw UndecodableBeat.malformed("the body is not JSON in UTF-8");
        }
    }

    /** Jackson would take UTF-16 and UTF-32 too, and count its offsets in characters. */
    private static boolean isOtherEncoding(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                return true;
            }
        }
        return body.length > 0 && (body[0] == (byte) 0xFE || body[0] == (byte) 0xFF);
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
    private static final class Reading implements Pointer {
        private final JsonParser parser;
        private final byte[] body;
        private final HeartbeatDraft draft = new HeartbeatDraft();
        private final String[] steps = new String[MAX_DEPTH + 1];
        private int depth;

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
            fields(this::top);
            end();
            return draft;
        }

        @Override
        public String text() {
            StringBuilder pointer = new StringBuilder();
            for (int i = 0; i < depth; i++) {
                pointer.append('/').append(JsonPointers.escape(steps[i]));
            }
            return pointer.toString();
        }

        private void end() throws IOException, UndecodableBeat {
            if (parser.nextToken() != null) {
                throw UndecodableBeat.malformed("something follows the JSON value");
            }
        }

        private void top(String field) throws IOException {
            switch (field) {
                case "instanceId", "id" -> instanceId();
                case "version", "v" -> text(draft::version);
                case "timestamp", "t" -> timestamp();
                case "name" -> text(draft::name);
                case "up" -> number(NarrowField.UPTIME_SECONDS);
                case "mem" -> number(NarrowField.MEMORY_MB);
                case "cpu" -> number(NarrowField.CPU_CENTI_PERCENT);
                case "tokens" -> number(draft::tokens);
                case "cost" -> number(draft::cost);
                case "calls" -> number(draft::calls);
                case "server" -> object(this::server);
                case "process" -> object(this::process);
                case "routes" -> object(this::routes);
                case "repairs" -> object(this::repairs);
                case "usage" -> object(this::usage);
                case "brain" -> numberOrObject(draft::memories, this::brain);
                case "backups" -> numberOrObject(draft::backups, this::backups);
                case "alerts" -> alerts();
                default -> unknown();
            }
        }

        private void server(String field) throws IOException {
            switch (field) {
                case "name" -> text(draft::name);
                case "port" -> number(draft::port);
                case "uptime" -> number(NarrowField.UPTIME_SECONDS);
                case "status" -> text(draft::status);
                case "pid" -> number(NarrowField.PID);
                default -> unknown();
            }
        }

        private void process(String field) throws IOException {
            switch (field) {
                case "memoryMB" -> number(NarrowField.MEMORY_MB);
                case "cpuPercent" -> number(NarrowField.CPU_CENTI_PERCENT);
                case "peakMemoryMB" -> number(NarrowField.PEAK_MEMORY_MB);
                default -> unknown();
            }
        }

        private void routes(String field) throws IOException {
            switch (field) {
                case "totalRoutes", "total" -> number(draft::totalRoutes);
                case "healthy" -> number(NarrowField.HEALTHY_ROUTES);
                case "unhealthy" -> number(NarrowField.UNHEALTHY_ROUTES);
                case "slowest" -> object(this::slowest);
                default -> unknown();
            }
        }

        private void slowest(String field) throws IOException {
            switch (field) {
                case "path" -> text(draft::slowestPath);
                case "avgMs" -> number(NarrowField.SLOWEST_ROUTE_MICROS);
                default -> unknown();
            }
        }

        private void repairs(String field) throws IOException {
            switch (field) {
                case "total" -> number(draft::repairs);
                case "successes" -> number(draft::repairSuccesses);
                case "failures" -> number(draft::repairFailures);
                case "successRate" -> number(draft::repairSuccessRate);
                case "totalCost" -> number(draft::repairCost);
                case "totalTokens" -> number(draft::repairTokens);
                case "avgTokensPerRepair" -> number(draft::repairAverageTokens);
                case "lastRepair" -> lastRepair();
                default -> unknown();
            }
        }

        private void lastRepair() throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            LastRepairDraft last = new LastRepairDraft();
            object(field -> {
                switch (field) {
                    case "error" -> text(value -> last.error = draft.prose(value));
                    case "resolution" -> text(value -> last.resolution = draft.prose(value));
                    case "tokens" ->
                            number((value, where) -> last.tokens = draft.count(value, where));
                    case "cost" ->
                            number((value, where) -> last.costMicros = draft.micros(value, where));
                    case "mode" -> text(value -> last.mode = draft.prose(value));
                    case "success" -> last.success = truth();
                    case "timestamp" ->
                            number((value, where) -> last.timestamp = draft.count(value, where));
                    case "model" -> text(value -> last.model = draft.prose(value));
                    case "duration" ->
                            number((value, where) ->
                                    last.durationMilli = draft.milli(value, where));
                    default -> unknown();
                }
            });
            draft.lastRepair(last.build());
        }

        private void usage(String field) throws IOException {
            switch (field) {
                case "totalTokens" -> number(draft::tokens);
                case "totalCalls" -> number(draft::calls);
                case "totalCost" -> number(draft::cost);
                case "totalCacheSavings" -> number(draft::cacheSavings);
                case "byModel" -> breakdown(Snapshot.Dimension.MODEL);
                case "byCategory" -> breakdown(Snapshot.Dimension.CATEGORY);
                case "byTool" -> breakdown(Snapshot.Dimension.TOOL);
                case "byProvider" -> breakdown(Snapshot.Dimension.PROVIDER);
                case "byModelCategory" -> modelCategories();
                default -> unknown();
            }
        }

        private void breakdown(Snapshot.Dimension dimension) throws IOException {
            object(key -> {
                UsageDraft entry = new UsageDraft(dimension, draft.mapKey(key), "");
                if (counters(entry)) {
                    draft.usage(entry);
                }
            });
        }

        /**
         * An array of objects; older clients send an object, whose keys say nothing that the
         * entries do not.
         */
        private void modelCategories() throws IOException {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                object(_ -> modelCategory());
            } else if (parser.currentToken() == JsonToken.START_ARRAY) {
                for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                    steps[depth++] = Integer.toString(index);
                    modelCategory();
                    depth--;
                }
            } else {
                odd();
            }
        }

        private void modelCategory() throws IOException {
            UsageDraft entry = new UsageDraft(Snapshot.Dimension.MODEL_CATEGORY, "", "");
            if (counters(entry)) {
                draft.usage(entry);
            }
        }

        private boolean counters(UsageDraft entry) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                odd();
                return false;
            }
            fields(field -> counter(entry, field));
            return true;
        }

        private void counter(UsageDraft entry, String field) throws IOException {
            Snapshot.Counter counter = Snapshot.Counter.ofField(field);
            if (counter != null && parser.currentToken().isNumeric()) {
                draft.counter(entry, counter, decimal(), this);
            } else if (counter != null) {
                odd();
            } else if (field.equals("model") && parser.currentToken() == JsonToken.VALUE_STRING) {
                entry.key(draft.key(parser.getText()));
            } else if (field.equals("category")
                    && parser.currentToken() == JsonToken.VALUE_STRING) {
                entry.category(draft.key(parser.getText()));
            } else {
                unknown();
            }
        }

        private void brain(String field) throws IOException {
            switch (field) {
                case "totalMemories" -> number(draft::memories);
                case "namespaces" ->
                        object(namespace ->
                                number((value, where) ->
                                        draft.memoryNamespace(namespace, value, where)));
                default -> unknown();
            }
        }

        private void backups(String field) throws IOException {
            switch (field) {
                case "total" -> number(draft::backups);
                case "stable" -> number(draft::stableBackups);
                case "verified" -> number(draft::verifiedBackups);
                case "unstable" -> number(draft::unstableBackups);
                default -> unknown();
            }
        }

        private void alerts() throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                odd();
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                draft.alert(raw());
            }
        }

        private void instanceId() throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                draft.instanceId(parser.getText());
            } else {
                odd();
            }
        }

        private void timestamp() throws IOException {
            if (parser.currentToken().isNumeric()) {
                number(NarrowField.TIMESTAMP);
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                draft.oddTimestamp();
                parser.skipChildren();
            }
        }

        private void object(FieldReader reader) throws IOException {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                fields(reader);
            } else {
                odd();
            }
        }

        private void fields(FieldReader reader) throws IOException {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                steps[depth++] = field;
                reader.read(field);
                depth--;
            }
        }

        private void numberOrObject(NumberSink sink, FieldReader reader) throws IOException {
            if (parser.currentToken().isNumeric()) {
                sink.accept(decimal(), this);
            } else {
                object(reader);
            }
        }

        private void number(NarrowField field) throws IOException {
            if (parser.currentToken().isNumeric()) {
                int start = (int) parser.currentTokenLocation().getByteOffset();
                draft.blanks()
                        .add(field, BlankForm.JSON_NUMBER, start, start + parser.getTextLength());
                draft.number(field, decimal(), this);
            } else {
                odd();
            }
        }

        private void number(NumberSink sink) throws IOException {
            if (parser.currentToken().isNumeric()) {
                sink.accept(decimal(), this);
            } else {
                odd();
            }
        }

        private void text(TextSink sink) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                sink.accept(parser.getText());
            } else {
                odd();
            }
        }

        private @Nullable Boolean truth() throws IOException {
            if (parser.currentToken().isBoolean()) {
                return parser.getBooleanValue();
            }
            odd();
            return null;
        }

        private double decimal() throws IOException {
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                            && parser.getTextLength() < 18
                    ? parser.getLongValue()
                    : parser.getDoubleValue();
        }

        /** A value of the wrong type; null is simply absent. */
        private void odd() throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                draft.rejected(this, raw());
            }
        }

        private void unknown() throws IOException {
            draft.unknown(text(), raw());
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
        void read(String field) throws IOException;
    }

    @FunctionalInterface
    private interface NumberSink {
        void accept(double value, Pointer at);
    }

    @FunctionalInterface
    private interface TextSink {
        void accept(String value);
    }
}
