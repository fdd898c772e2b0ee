package dev.wolverine.web.api;

import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.query.FleetQuery;
import dev.wolverine.query.HeartbeatSeries;
import dev.wolverine.query.Status;
import dev.wolverine.web.http.Problem;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Query parameters as values; what cannot be one is a 400 that names it. */
final class Parameters {

    private static final int MAX_TEXT_CHARACTERS = 200;
    private static final int MAX_SHOWN_CHARACTERS = 50;
    private static final Duration DEFAULT_RANGE = Duration.ofHours(24);

    /** Outside of these PostgreSQL and we would count differently. */
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final Map<String, Duration> INTERVALS = intervals();

    private final MultiMap query;

    Parameters(MultiMap query) {
        this.query = query;
    }

    FleetQuery fleet() {
        return new FleetQuery(
                statuses(),
                text("q"),
                sort(),
                oneOf("order", List.of("asc", "desc"), "asc").equals("desc"),
                number("offset", 0, 0, 10_000),
                number("limit", 50, 1, 1_000));
    }

    QuarantineQuestion quarantine() {
        String instance = query.get("instance");
        return new QuarantineQuestion(
                reason(query.get("reason")),
                instance == null ? null : text("instance"),
                cursor(query.get("cursor")),
                number("limit", 50, 1, 1_000));
    }

    Page page() {
        return new Page(cursor(query.get("cursor")), number("limit", 50, 1, 1_000));
    }

    AuditFile auditFile() {
        return oneOf("format", List.of("ndjson", "csv"), "ndjson").equals("csv")
                ? AuditFile.CSV
                : AuditFile.NDJSON;
    }

    /** Null: any. */
    static @Nullable QuarantineReason reason(@Nullable String value) {
        return value == null
                ? null
                : QuarantineReason.ofLabel(value)
                        .orElseThrow(() ->
                                wrong(
                                        "reason",
                                        value,
                                        "one of "
                                                + Arrays.stream(QuarantineReason.values())
                                                        .map(QuarantineReason::label)
                                                        .collect(Collectors.joining(", "))));
    }

    /** The id before which a page begins. */
    static long cursor(@Nullable String value) {
        if (value == null) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong("cursor", value, "nextCursor of the page before");
        }
    }

    Range range(Instant now) {
        Instant to = instant("to", now);
        Instant from = instant("from", to.minus(DEFAULT_RANGE));
        if (!from.isBefore(to)) {
            throw Problem.badRequest("from: " + from + " (expected: before to, " + to + ")");
        }
        return new Range(from, to, interval(Duration.between(from, to)));
    }

    private Set<Status> statuses() {
        String value = query.get("status");
        Set<Status> statuses = EnumSet.noneOf(Status.class);
        if (value == null || value.isEmpty()) {
            return statuses;
        }
        for (String word : value.split(",", -1)) {
            statuses.add(
                    Arrays.stream(Status.values())
                            .filter(status -> status.label().equals(word))
                            .findFirst()
                            .orElseThrow(() -> wrong("status", word, labels())));
        }
        return statuses;
    }

    private FleetQuery.Sort sort() {
        String value = query.get("sort");
        if (value == null) {
            return FleetQuery.Sort.STATUS;
        }
        return Arrays.stream(FleetQuery.Sort.values())
                .filter(sort -> sort.label().equals(value))
                .findFirst()
                .orElseThrow(() ->
                        wrong(
                                "sort",
                                value,
                                "one of "
                                        + Arrays.stream(FleetQuery.Sort.values())
                                                .map(FleetQuery.Sort::label)
                                                .collect(Collectors.joining(", "))));
    }

    private String text(String name) {
        String value = query.get(name);
        if (value == null) {
            return "";
        }
        if (value.length() > MAX_TEXT_CHARACTERS) {
            throw wrong(name, value, "at most " + MAX_TEXT_CHARACTERS + " characters");
        }
        return value;
    }

    private String oneOf(String name, List<String> words, String byDefault) {
        String value = query.get(name);
        if (value == null) {
            return byDefault;
        }
        if (!words.contains(value)) {
            throw wrong(name, value, "one of " + String.join(", ", words));
        }
        return value;
    }

    private int number(String name, int byDefault, int least, int most) {
        String value = query.get(name);
        if (value == null) {
            return byDefault;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below in the same words.
        }
        throw wrong(name, value, least + " to " + most);
    }

    private Instant instant(String name, Instant byDefault) {
        String value = query.get(name);
        if (value == null) {
            return byDefault;
        }
        Instant instant = parse(value);
        if (instant == null || instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw wrong(name, value, "ISO 8601 with an offset, or milliseconds since the epoch");
        }
        return instant;
    }

    private static @Nullable Instant parse(String value) {
        try {
            return value.chars().allMatch(Character::isDigit)
                    ? Instant.ofEpochMilli(Long.parseLong(value))
                    : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeParseException | NumberFormatException e) {
            return null;
        }
    }

    private Duration interval(Duration range) {
        String value = query.get("interval");
        if (value == null) {
            return INTERVALS.values().stream()
                    .filter(interval -> isFineEnough(range, interval))
                    .findFirst()
                    .orElseThrow(() ->
                            Problem.badRequest(
                                    "from: too long before to (expected: at most "
                                            + HeartbeatSeries.MAX_POINTS
                                            + " days)"));
        }
        Duration interval = INTERVALS.get(value);
        if (interval == null) {
            throw wrong("interval", value, "one of " + String.join(", ", INTERVALS.keySet()));
        }
        if (!isFineEnough(range, interval)) {
            throw wrong(
                    "interval",
                    value,
                    "one that makes at most "
                            + HeartbeatSeries.MAX_POINTS
                            + " points of this range");
        }
        return interval;
    }

    /** One less than the most, because the first and the last bucket may both be cut. */
    private static boolean isFineEnough(Duration range, Duration interval) {
        return range.dividedBy(interval) < HeartbeatSeries.MAX_POINTS;
    }

    private static String labels() {
        return "some of "
                + Arrays.stream(Status.values())
                        .map(Status::label)
                        .collect(Collectors.joining(", "));
    }

    private static Problem wrong(String name, String value, String expected) {
        String shown =
                value.length() <= MAX_SHOWN_CHARACTERS
                        ? value
                        : value.substring(0, MAX_SHOWN_CHARACTERS) + "...";
        return Problem.badRequest(name + ": " + shown + " (expected: " + expected + ")");
    }

    private static Map<String, Duration> intervals() {
        Map<String, Duration> intervals = new LinkedHashMap<>();
        intervals.put("30s", Duration.ofSeconds(30));
        intervals.put("1m", Duration.ofMinutes(1));
        intervals.put("5m", Duration.ofMinutes(5));
        intervals.put("15m", Duration.ofMinutes(15));
        intervals.put("1h", Duration.ofHours(1));
        intervals.put("6h", Duration.ofHours(6));
        intervals.put("1d", Duration.ofDays(1));
        return intervals;
    }

    /**
     * A question for what is in quarantine.
     *
     * @param reason null: any
     * @param instance null: any
     * @param before the id that a page ends above
     */
    record QuarantineQuestion(
            @Nullable QuarantineReason reason, @Nullable String instance, long before, int limit) {}

    /**
     * A page of what is listed newest first.
     *
     * @param before the number that it ends above
     */
    record Page(long before, int limit) {}

    /** A question for a series. */
    record Range(Instant from, Instant to, Duration interval) {}
}
