package dev.wolverine.web.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Heartbeat;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes values the way that the whole interface does: absent numbers are null, times are ISO. */
public final class Fields {

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder()
                    .appendInstant(3)
                    .toFormatter(Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Fields() {}

    /** A number, or null for {@link Heartbeat#ABSENT}. */
    public static void count(JsonGenerator json, String name, long value) throws IOException {
        if (value < 0) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value);
        }
    }

    /** A number of hundredths or thousandths as a decimal, or null for ABSENT. */
    public static void scaled(JsonGenerator json, String name, long value, int divisor)
            throws IOException {
        if (value < 0) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, (double) value / divisor);
        }
    }

    public static void text(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, value);
        }
    }

    /** UTC with milliseconds. */
    public static void time(JsonGenerator json, String name, @Nullable Instant value)
            throws IOException {
        text(json, name, value == null ? null : iso(value));
    }

    public static String iso(Instant value) {
        return TIME.format(value);
    }
}
