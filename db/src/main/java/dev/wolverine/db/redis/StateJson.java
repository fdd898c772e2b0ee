package dev.wolverine.db.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ServerState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of live state. Absent numbers are left out. */
final class StateJson {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int EXPECTED_BYTES = 512;

    private StateJson() {}

    /**
     * Of each state, in their order: one generator for all, since making one costs more than a
     * state.
     */
    static List<byte[]> of(List<ServerState> states) {
        List<byte[]> written = new ArrayList<>(states.size());
        Reused bytes = new Reused(states.size() == 1 ? EXPECTED_BYTES : 4 * EXPECTED_BYTES);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.setRootValueSeparator(null);
            for (ServerState state : states) {
                write(json, state);
                json.flush();
                written.add(bytes.take());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return written;
    }

    private static void write(JsonGenerator json, ServerState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", state.instanceId());
        text(json, "name", state.name());
        text(json, "version", state.version());
        json.writeStringField("reported", state.status().label());
        json.writeNumberField("timestamp", state.timestamp().toEpochMilli());
        json.writeNumberField("lastSeen", state.lastSeen().toEpochMilli());
        number(json, "pid", state.pid());
        number(json, "uptimeSeconds", state.uptimeSeconds());
        number(json, "memoryMb", state.memoryMb());
        number(json, "peakMemoryMb", state.peakMemoryMb());
        number(json, "cpuCentiPercent", state.cpuCentiPercent());
        number(json, "routes", state.totalRoutes());
        number(json, "healthyRoutes", state.healthyRoutes());
        number(json, "unhealthyRoutes", state.unhealthyRoutes());
        number(json, "repairs", state.repairs());
        number(json, "repairSuccesses", state.repairSuccesses());
        number(json, "tokens", state.tokens());
        number(json, "calls", state.calls());
        number(json, "costMicros", state.costMicros());
        json.writeEndObject();
    }

    static byte[] of(Map<String, Integer> counts) {
        return write(json -> {
            json.writeStartObject();
            for (Map.Entry<String, Integer> count : counts.entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
        });
    }

    static byte[] of(Collection<String> ids) {
        return write(json -> {
            json.writeStartArray();
            for (String id : ids) {
                json.writeString(id);
            }
            json.writeEndArray();
        });
    }

    private static void text(JsonGenerator json, String field, @Nullable String value)
            throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
    }

    private static void number(JsonGenerator json, String field, long value) throws IOException {
        if (value != Heartbeat.ABSENT) {
            json.writeNumberField(field, value);
        }
    }

    private static byte[] write(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(EXPECTED_BYTES);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            content.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** Memory that is written to again and again. */
    private static final class Reused extends ByteArrayOutputStream {
        Reused(int size) {
            super(size);
        }

        /** What was written since it was taken last. */
        byte[] take() {
            byte[] taken = toByteArray();
            reset();
            return taken;
        }
    }

    @FunctionalInterface
    private interface Content {
        void to(JsonGenerator json) throws IOException;
    }
}
