package dev.wolverine.web.api;

import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.ServerEvent;
import dev.wolverine.query.FleetCursor;
import dev.wolverine.query.FleetFilter;
import dev.wolverine.query.FleetQuery;
import dev.wolverine.query.FleetSort;
import dev.wolverine.query.HeartbeatSeries;
import dev.wolverine.query.Status;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.ServerField;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern INTERVAL = Pattern.compile("([1-9]\\d{0,6})([smhd])");
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(366);
    private static final Duration LONGEST_RANGE = Duration.ofDays(1_000);

    private static final List<String> VIEW_PARAMETERS =
            List.of("status", "tag", "version", "q", "archived", "sort", "order", "layout");

    private final MultiMap query;

    Parameters(MultiMap query) {
        this.query = query;
    }

    FleetQuery fleet() {
        FleetSort sort = sort("sort", FleetSort.STATUS);
        boolean descending = descending();
        FleetCursor after = fleetCursor();
        try {
            return new FleetQuery(
                    filter(),
                    sort,
                    descending,
                    after,
                    number("offset", 0, 0, Integer.MAX_VALUE),
                    number("limit", 50, 1, FleetQuery.MAX_LIMIT));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    FleetFilter filter() {
        String version = query.get("version");
        return new FleetFilter(
                statuses(),
                tags(),
                version == null ? null : text("version"),
                text("q"),
                oneOf("archived", List.of("true", "false"), "false").equals("true"));
    }

    FleetSort sort(String name, FleetSort byDefault) {
        String value = query.get(name);
        return value == null
                ? byDefault
                : FleetSort.ofLabel(value)
                        .orElseThrow(() -> wrong(name, value, "one of " + FleetSort.labels()));
    }

    boolean descending() {
        return oneOf("order", List.of("asc", "desc"), "asc").equals("desc");
    }

    /** As a set of bits by ordinal. */
    int fields() {
        String value = query.get("fields");
        if (value == null) {
            return ServerField.ALL;
        }
        int fields = 0;
        for (String label : value.split(",", -1)) {
            ServerField field =
                    ServerField.ofLabel(label)
                            .orElseThrow(() ->
                                    wrong(
                                            "fields",
                                            label,
                                            "some of "
                                                    + Arrays.stream(ServerField.values())
                                                            .map(ServerField::label)
                                                            .collect(Collectors.joining(", "))));
            fields |= 1 << field.ordinal();
        }
        return fields;
    }

    ServerFile serverFile() {
        return oneOf("format", List.of("json", "csv"), "json").equals("csv")
                ? ServerFile.CSV
                : ServerFile.JSON;
    }

    int top() {
        return number("n", 10, 1, 100);
    }

    int limit() {
        return number("limit", 50, 1, 1_000);
    }

    /** Null: either. */
    @Nullable Boolean success() {
        String word = oneOf("success", List.of("true", "false", ""), "");
        return word.isEmpty() ? null : Boolean.valueOf(word);
    }

    Set<ServerEvent.Kind> kinds() {
        String value = query.get("kind");
        Set<ServerEvent.Kind> kinds = EnumSet.noneOf(ServerEvent.Kind.class);
        if (value == null || value.isEmpty()) {
            return EnumSet.allOf(ServerEvent.Kind.class);
        }
        for (String word : value.split(",", -1)) {
            kinds.add(
                    Arrays.stream(ServerEvent.Kind.values())
                            .filter(kind -> kind.label().equals(word))
                            .findFirst()
                            .orElseThrow(() ->
                                    wrong(
                                            "kind",
                                            word,
                                            "some of "
                                                    + Arrays.stream(ServerEvent.Kind.values())
                                                            .map(ServerEvent.Kind::label)
                                                            .collect(Collectors.joining(", ")))));
        }
        return kinds;
    }

    UsageDimension dimension() {
        String word =
                oneOf(
                        "groupBy",
                        List.of("total", "model", "category", "tool", "provider", "model_category"),
                        "model");
        return UsageDimension.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Fails for a parameter that a list of the fleet does not know, or that is no value of it. */
    void checkView() {
        for (String name : query.names()) {
            if (!VIEW_PARAMETERS.contains(name)) {
                throw wrong("query", name, "parameters " + String.join(", ", VIEW_PARAMETERS));
            }
        }
        filter();
        sort("sort", FleetSort.STATUS);
        descending();
    }

    private @Nullable FleetCursor fleetCursor() {
        String value = query.get("cursor");
        return value == null
                ? null
                : FleetCursor.decode(value)
                        .orElseThrow(() -> wrong("cursor", value, "nextCursor of the page before"));
    }

    private Set<String> tags() {
        String value = query.get("tag");
        return value == null || value.isEmpty() ? Set.of() : Set.of(text("tag").split(","));
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
        return range(now, DEFAULT_RANGE, LONGEST_RANGE);
    }

    /** At most so long: what has to be read grows with it. */
    Range range(Instant now, Duration byDefault, Duration longest) {
        Instant to = instant("to", now);
        Instant from = instant("from", to.minus(byDefault));
        if (!from.isBefore(to)) {
            throw Problem.badRequest("from: " + from + " (expected: before to, " + to + ")");
        }
        if (Duration.between(from, to).compareTo(longest) > 0) {
            throw Problem.badRequest(
                    "from: too long before to (expected: at most " + longest.toDays() + " days)");
        }
        return new Range(from, to, interval(from, to));
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

    private Duration interval(Instant from, Instant to) {
        String value = query.get("interval");
        if (value == null) {
            return INTERVALS.values().stream()
                    .filter(interval -> isFineEnough(from, to, interval))
                    .findFirst()
                    .orElse(LONGEST_INTERVAL);
        }
        Duration interval = interval(value);
        if (!isFineEnough(from, to, interval)) {
            throw wrong(
                    "interval",
                    value,
                    "one that makes at most "
                            + HeartbeatSeries.MAX_POINTS
                            + " points of this range");
        }
        return interval;
    }

    private static Duration interval(String value) {
        Matcher parts = INTERVAL.matcher(value);
        if (parts.matches()) {
            long count = Long.parseLong(parts.group(1));
            Duration interval =
                    switch (parts.group(2)) {
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    };
            if (interval.compareTo(LONGEST_INTERVAL) <= 0) {
                return interval;
            }
        }
        throw wrong("interval", value, "a number with s, m, h or d, as 30s, 5m, 1h; at most 366d");
    }

    private static boolean isFineEnough(Instant from, Instant to, Duration interval) {
        return HeartbeatSeries.points(from, to, interval) <= HeartbeatSeries.MAX_POINTS;
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
        intervals.put("2d", Duration.ofDays(2));
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
