package dev.wolverine.web.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Heartbeat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
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
        long seconds = value.getEpochSecond();
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(seconds, 86_400L));
        if (day.getYear() < 1_000 || day.getYear() > 9_999) {
            return TIME.format(value);
        }
        // A tenth of what a formatter takes: lists are mostly times.
        int second = (int) Math.floorMod(seconds, 86_400L);
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
        digits(text, 4, day.getYear());
        digits(text, 7, day.getMonthValue());
        digits(text, 10, day.getDayOfMonth());
        digits(text, 13, second / 3_600);
        digits(text, 16, second / 60 % 60);
        digits(text, 19, second % 60);
        digits(text, 23, value.getNano() / 1_000_000);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Writes a number that ends before this place, over zeros. */
    private static void digits(byte[] text, int end, int number) {
        int at = end;
        for (int rest = number; rest > 0; rest /= 10) {
            text[--at] = (byte) ('0' + rest % 10);
        }
    }
}
