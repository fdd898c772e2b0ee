package dev.wolverine.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.ModelCategoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A heartbeat as the stock client writes it: the JSON of the same fields. Immutable. */
final class BeatBody {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Fields whose name in JSON is another than in the message. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of(
                    "wolverine.v1.Process.memory_mb", "memoryMB",
                    "wolverine.v1.Process.peak_memory_mb", "peakMemoryMB",
                    "wolverine.v1.Routes.total", "totalRoutes");

    private BeatBody() {}

    static byte[] of(Heartbeat beat) {
        try {
            return JSON.writeValueAsString(object(beat)).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ObjectNode object(Message message) {
        ObjectNode object = JSON.createObjectNode();
        message.getAllFields().forEach((field, value) -> put(object, field, value));
        return object;
    }

    private static void put(ObjectNode object, FieldDescriptor field, Object value) {
        String name = OTHER_NAMES.getOrDefault(field.getFullName(), field.getJsonName());
        if (field.isMapField()) {
            ObjectNode entries = object.putObject(name);
            for (Object entry : (List<?>) value) {
                Message pair = (Message) entry;
                putValue(
                        entries,
                        String.valueOf(
                                pair.getField(pair.getDescriptorForType().findFieldByName("key"))),
                        pair.getField(pair.getDescriptorForType().findFieldByName("value")));
            }
        } else if (field.isRepeated()) {
            ArrayNode elements = object.putArray(name);
            for (Object element : (List<?>) value) {
                elements.add(element(element));
            }
        } else {
            putValue(object, name, value);
        }
    }

    /** The client writes the counters of a pair beside its names. */
    private static ObjectNode element(Object element) {
        if (element instanceof ModelCategoryUsage pair) {
            ObjectNode object = object(pair.getCounters());
            return object.put("model", pair.getModel()).put("category", pair.getCategory());
        }
        return object((Message) element);
    }

    private static void putValue(ObjectNode object, String name, Object value) {
        switch (value) {
            case Message message -> object.set(name, object(message));
            case String text -> object.put(name, text);
            case Boolean truth -> object.put(name, truth);
            case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
                    object.put(name, number.longValue());
            case Double number -> object.put(name, number);
            case Number number -> object.put(name, number.longValue());
            default ->
                    throw new IllegalStateException(
                            name + ": " + value.getClass() + " (expected: a scalar or a message)");
        }
    }
}
