package dev.wolverine.ingest.corpus;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.wolverine.proto.v1.Heartbeat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A beat with a value in each field that the protobuf message has, and another one at one place: as
 * protobuf, and as the JSON that says the same.
 *
 * <p>Both are written from the message's descriptor: a field that is added to it is covered, and
 * one that the decoder of JSON does not know is noticed, because the rows differ.
 *
 * @param place the field that differs, as `usage.by_model.value.cost`, or empty
 * @param value a {@link BadText} or {@link BadNumber}; null if the place is empty
 */
public record SampleBeat(String instanceId, long timestamp, String place, @Nullable Object value) {

    /** Where the client's names are not the message's in camel case. */
    private static final Map<String, String> JSON_NAMES =
            Map.of(
                    "process.memory_mb", "memoryMB",
                    "process.peak_memory_mb", "peakMemoryMB",
                    "routes.total", "totalRoutes",
                    "alerts_json", "alerts");

    private static final String UNKNOWN = "unknown";

    /** One that is as it should be. */
    public static SampleBeat good(String instanceId, long timestamp) {
        return new SampleBeat(instanceId, timestamp, "", null);
    }

    /** Each field of the message that holds a text, keys of maps included. */
    public static List<String> texts() {
        return places(FieldDescriptor.JavaType.STRING);
    }

    /** Each field that holds a number. */
    public static List<String> numbers() {
        return places(
                FieldDescriptor.JavaType.INT,
                FieldDescriptor.JavaType.LONG,
                FieldDescriptor.JavaType.DOUBLE);
    }

    private static List<String> places(FieldDescriptor.JavaType... types) {
        List<String> places = new ArrayList<>();
        collect(Heartbeat.getDescriptor(), "", List.of(types), places);
        return places;
    }

    private static void collect(
            Descriptor message,
            String prefix,
            List<FieldDescriptor.JavaType> types,
            List<String> places) {
        for (FieldDescriptor field : message.getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                collect(field.getMessageType(), prefix + field.getName() + ".", types, places);
            } else if (types.contains(field.getJavaType())) {
                places.add(prefix + field.getName());
            }
        }
    }

    /** Whether the number can be put into this place of the message. */
    public static boolean fits(String place, BadNumber number) {
        if (number.number() == null) {
            return false;
        }
        double value = number.number();
        FieldDescriptor field = field(Heartbeat.getDescriptor(), place);
        return switch (field.getJavaType()) {
            case INT -> value == (int) value;
            case LONG -> value == (long) value && Math.abs(value) < 0x1p63;
            default -> true;
        };
    }

    private static FieldDescriptor field(Descriptor message, String place) {
        int dot = place.indexOf('.');
        return dot < 0
                ? message.findFieldByName(place)
                : field(
                        message.findFieldByName(place.substring(0, dot)).getMessageType(),
                        place.substring(dot + 1));
    }

    /** The serialised message; not valid where a text is no UTF-8. */
    public byte[] protobuf() {
        return protobuf(Heartbeat.getDescriptor(), "");
    }

    private byte[] protobuf(Descriptor message, String prefix) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (FieldDescriptor field : message.getFields()) {
                String here = prefix + field.getName();
                int number = field.getNumber();
                switch (field.getType()) {
                    case MESSAGE ->
                            out.writeByteArray(
                                    number, protobuf(field.getMessageType(), here + "."));
                    case STRING -> out.writeByteArray(number, textBytes(here));
                    case BOOL -> out.writeBool(number, true);
                    case DOUBLE -> out.writeDouble(number, number(here, field));
                    case INT32 -> out.writeInt32(number, (int) number(here, field));
                    case INT64 ->
                            out.writeInt64(
                                    number,
                                    here.equals("timestamp") && !here.equals(place)
                                            ? timestamp
                                            : (long) number(here, field));
                    default -> throw new IllegalStateException(field.getFullName());
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] textBytes(String here) {
        if (!here.equals(place)) {
            return standard(here).getBytes(StandardCharsets.UTF_8);
        }
        BadText text = text();
        if (isJsonText(here)) {
            return quoted(text.json());
        }
        return here.equals(UNKNOWN + ".key") ? pointer(text.utf8()) : text.utf8();
    }

    private double number(String here, FieldDescriptor field) {
        return here.equals(place)
                ? Objects.requireNonNull(badNumber().number())
                : standardNumber(field);
    }

    /** The JSON body, as the stock client names its fields. */
    public byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write('{');
        fields(Heartbeat.getDescriptor(), "", out);
        out.write('}');
        return out.toByteArray();
    }

    private void fields(Descriptor message, String prefix, ByteArrayOutputStream out) {
        boolean first = true;
        for (FieldDescriptor field : message.getFields()) {
            String here = prefix + field.getName();
            if (!first) {
                out.write(',');
            }
            first = false;
            if (here.equals(UNKNOWN)) {
                out.writeBytes(quoted(jsonText(here + ".key")));
                out.write(':');
                out.writeBytes(jsonText(here + ".value"));
            } else if (here.equals("usage.by_model_category.counters")) {
                fields(field.getMessageType(), here + ".", out);
            } else {
                out.writeBytes(bytes("\"" + jsonName(here, field) + "\":"));
                value(field, here, out);
            }
        }
    }

    private void value(FieldDescriptor field, String here, ByteArrayOutputStream out) {
        if (field.isMapField()) {
            out.write('{');
            out.writeBytes(quoted(jsonText(here + ".key")));
            out.write(':');
            value(field.getMessageType().findFieldByName("value"), here + ".value", out);
            out.write('}');
        } else if (field.isRepeated()) {
            out.write('[');
            one(field, here, out);
            out.write(']');
        } else {
            one(field, here, out);
        }
    }

    private void one(FieldDescriptor field, String here, ByteArrayOutputStream out) {
        switch (field.getJavaType()) {
            case MESSAGE -> {
                out.write('{');
                fields(field.getMessageType(), here + ".", out);
                out.write('}');
            }
            case STRING ->
                    out.writeBytes(isJsonText(here) ? jsonText(here) : quoted(jsonText(here)));
            case BOOLEAN -> out.writeBytes(bytes("true"));
            default -> out.writeBytes(bytes(jsonNumber(here, field)));
        }
    }

    private String jsonNumber(String here, FieldDescriptor field) {
        if (here.equals(place)) {
            return Objects.requireNonNull(badNumber().json());
        }
        if (here.equals("timestamp")) {
            return Long.toString(timestamp);
        }
        double number = standardNumber(field);
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /** Without quotes, unless the field's text is JSON of its own. */
    private byte[] jsonText(String here) {
        if (!here.equals(place)) {
            String standard = standard(here);
            return bytes(here.equals(UNKNOWN + ".key") ? standard.substring(1) : standard);
        }
        return isJsonText(here) ? quoted(text().json()) : text().json();
    }

    private BadText text() {
        return (BadText) Objects.requireNonNull(value);
    }

    private BadNumber badNumber() {
        return (BadNumber) Objects.requireNonNull(value);
    }

    private String standard(String here) {
        return switch (here) {
            case "instance_id" -> instanceId;
            case "server.status" -> "healthy";
            case "alerts_json" -> "{\"severity\":\"low\"}";
            case "unknown.key" -> "/gpu";
            case "unknown.value" -> "{\"mem\":16}";
            default -> "text of " + here;
        };
    }

    /** Small, and another one for each field. */
    private static double standardNumber(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.DOUBLE
                ? 10 + field.getNumber() + 0.25
                : 10 + field.getNumber();
    }

    private static boolean isJsonText(String here) {
        return here.equals("alerts_json") || here.equals(UNKNOWN + ".value");
    }

    private static String jsonName(String here, FieldDescriptor field) {
        return JSON_NAMES.getOrDefault(here, field.getJsonName());
    }

    private static byte[] pointer(byte[] step) {
        ByteArrayOutputStream pointer = new ByteArrayOutputStream();
        pointer.write('/');
        for (byte character : step) {
            switch (character) {
                case '~' -> pointer.writeBytes(bytes("~0"));
                case '/' -> pointer.writeBytes(bytes("~1"));
                default -> pointer.write(character);
            }
        }
        return pointer.toByteArray();
    }

    private static byte[] quoted(byte[] text) {
        ByteArrayOutputStream quoted = new ByteArrayOutputStream();
        quoted.write('"');
        quoted.writeBytes(text);
        quoted.write('"');
        return quoted.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
