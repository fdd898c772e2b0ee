package dev.wolverine.bench.capture;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.ModelCategoryUsage;
import dev.wolverine.proto.v1.Usage;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a client's JSON into the same heartbeat as a message, field by field by name. What the
 * message has no field for, or holds a value of another type, goes to `unknown`; null is "not
 * sent".
 *
 * <p>Written apart from the platform's own decoder, on purpose: the two are compared with each
 * other. Immutable.
 */
public final class HeartbeatMapping {
    private static final Map<String, String> OTHER_NAMES =
            Map.of(
                    "wolverine.v1.Process/memoryMB", "memoryMb",
                    "wolverine.v1.Process/peakMemoryMB", "peakMemoryMb",
                    "wolverine.v1.Routes/totalRoutes", "total",
                    "wolverine.v1.UsageCounters/tokens", "total");

    /** Fields that no JSON key stands for by name. */
    private static final Set<String> NOT_BY_NAME =
            Set.of("alertsJson", "unknown", "byModelCategory");

    private final JsonMapper json =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    public Heartbeat map(byte[] body) throws IOException {
        JsonNode tree = json.readTree(body);
        if (!(tree instanceof ObjectNode object)) {
            throw new IOException("body: not an object (expected: one heartbeat)");
        }
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder();
        ObjectNode full = object.has("instanceId") || !object.has("id") ? object : expanded(object);
        mapObject(full, heartbeat, "", heartbeat);
        return heartbeat.build();
    }

    /** The flat payload of clients before 1.1 in the form of later ones. */
    private ObjectNode expanded(ObjectNode flat) {
        ObjectNode full = flat.deepCopy();
        move(full, "id", full, "instanceId");
        move(full, "v", full, "version");
        move(full, "t", full, "timestamp");
        ObjectNode server = full.putObject("server");
        move(full, "name", server, "name");
        move(full, "up", server, "uptime");
        ObjectNode process = full.putObject("process");
        move(full, "mem", process, "memoryMB");
        move(full, "cpu", process, "cpuPercent");
        ObjectNode usage = full.putObject("usage");
        move(full, "tokens", usage, "totalTokens");
        move(full, "cost", usage, "totalCost");
        move(full, "calls", usage, "totalCalls");
        wrap(full, "brain", "totalMemories");
        wrap(full, "backups", "total");
        return full;
    }

    private static void move(ObjectNode from, String key, ObjectNode to, String newKey) {
        JsonNode value = from.remove(key);
        if (value != null) {
            to.set(newKey, value);
        }
    }

    private static void wrap(ObjectNode parent, String key, String innerKey) {
        JsonNode value = parent.get(key);
        if (value != null && value.isNumber()) {
            parent.putObject(key).set(innerKey, value);
        }
    }

    private void mapObject(
            ObjectNode object, Message.Builder message, String pointer, Heartbeat.Builder beat) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String path = pointer + "/" + escaped(entry.getKey());
            JsonNode value = entry.getValue();
            FieldDescriptor field = field(message, entry.getKey());
            if (value.isNull() && field != null) {
                continue;
            }
            boolean mapped = field != null && mapField(field, value, message, path, beat);
            if (!mapped && !mapSpecial(entry.getKey(), value, message, path, beat)) {
                beat.putUnknown(path, value.toString());
            }
        }
    }

    private static @Nullable FieldDescriptor field(Message.Builder message, String key) {
        String type = message.getDescriptorForType().getFullName();
        String name = OTHER_NAMES.getOrDefault(type + "/" + key, key);
        return message.getDescriptorForType().getFields().stream()
                .filter(field -> field.getJsonName().equals(name))
                .filter(field -> !NOT_BY_NAME.contains(name))
                .findFirst()
                .orElse(null);
    }

    private boolean mapField(
            FieldDescriptor field,
            JsonNode value,
            Message.Builder message,
            String path,
            Heartbeat.Builder beat) {
        if (field.isMapField()) {
            return value instanceof ObjectNode entries
                    && mapEntries(field, entries, message, path, beat);
        }
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            return value instanceof ObjectNode object
                    && mapMessage(field, object, message, path, beat);
        }
        Object scalar = scalar(field, value);
        if (scalar == null) {
            return false;
        }
        message.setField(field, scalar);
        return true;
    }

    private boolean mapMessage(
            FieldDescriptor field,
            ObjectNode object,
            Message.Builder message,
            String path,
            Heartbeat.Builder beat) {
        Message.Builder inner = message.newBuilderForField(field);
        mapObject(object, inner, path, beat);
        message.setField(field, inner.build());
        return true;
    }

    private boolean mapEntries(
            FieldDescriptor field,
            ObjectNode entries,
            Message.Builder message,
            String path,
            Heartbeat.Builder beat) {
        FieldDescriptor keyField = field.getMessageType().findFieldByName("key");
        FieldDescriptor valueField = field.getMessageType().findFieldByName("value");
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            String entryPath = path + "/" + escaped(entry.getKey());
            Message.Builder pair = message.newBuilderForField(field);
            pair.setField(keyField, entry.getKey());
            if (mapField(valueField, entry.getValue(), pair, entryPath, beat)) {
                message.addRepeatedField(field, pair.build());
            } else {
                beat.putUnknown(entryPath, entry.getValue().toString());
            }
        }
        return true;
    }

    private boolean mapSpecial(
            String key,
            JsonNode value,
            Message.Builder message,
            String path,
            Heartbeat.Builder beat) {
        if (!(value instanceof ArrayNode elements)) {
            return false;
        }
        if (message == beat && key.equals("alerts")) {
            elements.forEach(alert -> beat.addAlertsJson(alert.toString()));
            return true;
        }
        if (message instanceof Usage.Builder usage && key.equals("byModelCategory")) {
            for (int i = 0; i < elements.size(); i++) {
                mapModelCategory(elements.get(i), usage, path + "/" + i, beat);
            }
            return true;
        }
        return false;
    }

    private void mapModelCategory(
            JsonNode element, Usage.Builder usage, String path, Heartbeat.Builder beat) {
        if (!(element instanceof ObjectNode object)
                || !object.path("model").isTextual()
                || !object.path("category").isTextual()) {
            beat.putUnknown(path, element.toString());
            return;
        }
        ModelCategoryUsage.Builder entry =
                ModelCategoryUsage.newBuilder()
                        .setModel(object.path("model").asText())
                        .setCategory(object.path("category").asText());
        ObjectNode counters = object.deepCopy();
        counters.remove("model");
        counters.remove("category");
        mapObject(counters, entry.getCountersBuilder(), path, beat);
        usage.addByModelCategory(entry);
    }

    private static @Nullable Object scalar(FieldDescriptor field, JsonNode value) {
        return switch (field.getJavaType()) {
            case STRING -> value.isTextual() ? value.asText() : null;
            case BOOLEAN -> value.isBoolean() ? value.asBoolean() : null;
            case DOUBLE -> value.isNumber() ? value.asDouble() : null;
            case INT -> value.isIntegralNumber() && value.canConvertToInt() ? value.asInt() : null;
            case LONG ->
                    value.isIntegralNumber() && value.canConvertToLong() ? value.asLong() : null;
            default -> null;
        };
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
