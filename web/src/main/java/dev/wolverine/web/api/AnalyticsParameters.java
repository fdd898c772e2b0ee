package dev.wolverine.web.api;

import dev.wolverine.db.model.Budget;
import dev.wolverine.query.analytics.Grouping;
import dev.wolverine.query.analytics.Period;
import dev.wolverine.query.analytics.ServerFiguresQuery;
import dev.wolverine.query.analytics.Step;
import dev.wolverine.web.http.Problem;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Query parameters of analytics as values; what cannot be one is a 400 that names it. */
final class AnalyticsParameters {

    private static final int MAX_SHOWN_CHARACTERS = 50;
    private static final int MAX_INSTANCE_CHARACTERS = 128;
    private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,4})([hdw])");
    private static final Map<String, Duration> UNITS =
            Map.of("h", Duration.ofHours(1), "d", Duration.ofDays(1), "w", Duration.ofDays(7));

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final MultiMap query;
    private final Instant now;

    AnalyticsParameters(MultiMap query, Instant now) {
        this.query = query;
        this.now = now;
    }

    /** `from` and `to`, or a `period` that ends now. */
    Period period(String byDefault) {
        ZoneId zone = zone();
        String from = query.get("from");
        String to = query.get("to");
        String period = query.get("period");
        if (from == null && to == null) {
            Duration length = length(period == null ? byDefault : period);
            return checked(() -> Period.last(length, now, zone));
        }
        if (period != null) {
            throw wrong("period", period, "either period, or from and to");
        }
        Instant end = to == null ? now : instant("to", to);
        Instant begin = from == null ? end.minus(length(byDefault)) : instant("from", from);
        return checked(() -> Period.between(begin, end, zone));
    }

    ZoneId zone() {
        return zone("tz", query.get("tz"));
    }

    /** UTC where there is none. */
    static ZoneId zone(String name, @Nullable String value) {
        if (value == null) {
            return ZoneOffset.UTC;
        }
        try {
            return ZoneId.of(value);
        } catch (DateTimeException e) {
            throw wrong(name, value, "a time zone, as Europe/Berlin");
        }
    }

    /** Null: none was asked for. */
    @Nullable Grouping grouping(String name) {
        String value = query.get(name);
        return value == null
                ? null
                : Grouping.ofLabel(value)
                        .orElseThrow(() -> wrong(name, value, labels(Grouping.values())));
    }

    Grouping grouping(String name, Grouping byDefault) {
        Grouping grouping = grouping(name);
        return grouping == null ? byDefault : grouping;
    }

    Step step(Period period) {
        String value = query.get("step");
        if (value != null) {
            return Step.ofLabel(value)
                    .orElseThrow(() -> wrong("step", value, "15m, hour, day, week or month"));
        }
        Duration length = Duration.between(period.from(), period.to());
        if (length.compareTo(Duration.ofHours(12)) <= 0) {
            return Step.QUARTER;
        }
        return length.compareTo(Duration.ofDays(7)) <= 0 ? Step.HOUR : Step.DAY;
    }

    /** The running period of a calendar. */
    Step calendar() {
        String value = query.get("cycle");
        return value == null
                ? Step.MONTH
                : Step.ofLabel(value)
                        .filter(step -> step != Step.QUARTER)
                        .orElseThrow(() -> wrong("cycle", value, "hour, day, week or month"));
    }

    ServerFiguresQuery.Order order() {
        String value = query.get("sort");
        return Arrays.stream(ServerFiguresQuery.Order.values())
                .filter(order -> order.label().equals(value == null ? "cost" : value))
                .findFirst()
                .orElseThrow(() ->
                        wrong("sort", String.valueOf(value), "cost, tokens, repairs or restarts"));
    }

    Budget.Scope scope() {
        String value = query.get("scope");
        return value == null
                ? Budget.Scope.ORGANISATION
                : Budget.Scope.ofLabel(value)
                        .filter(scope -> scope != Budget.Scope.TAG)
                        .orElseThrow(() ->
                                wrong(
                                        "scope",
                                        value,
                                        "organisation, server, model, provider or category"));
    }

    String selector() {
        String value = query.get("selector");
        return value == null ? "" : text("selector", value);
    }

    /** Null: every server. */
    @Nullable String server() {
        String value = query.get("server");
        return value == null ? null : text("server", value);
    }

    /** As 0.999: given in percent. */
    double target() {
        String value = query.get("target");
        if (value == null) {
            return 0.999;
        }
        try {
            double percent = Double.parseDouble(value);
            if (percent >= 50 && percent < 100) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // Said below in the same words.
        }
        throw wrong("target", value, "percent, from 50 to less than 100");
    }

    /** Whether it is promised that servers serve. */
    boolean serving() {
        String value = query.get("objective");
        if (value == null || value.equals("reachable")) {
            return false;
        }
        if (value.equals("serving")) {
            return true;
        }
        throw wrong("objective", value, "reachable or serving");
    }

    int limit(int byDefault, int most) {
        String value = query.get("limit");
        if (value == null) {
            return byDefault;
        }
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= most) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Said below in the same words.
        }
        throw wrong("limit", value, "1 to " + most);
    }

    private static String text(String name, String value) {
        if (value.isEmpty()
                || value.length() > MAX_INSTANCE_CHARACTERS
                || value.codePoints().anyMatch(Texts::isUnstorable)) {
            throw wrong(name, value, "1 to " + MAX_INSTANCE_CHARACTERS + " characters");
        }
        return value;
    }

    private static Duration length(String value) {
        Matcher matcher = LENGTH.matcher(value);
        if (!matcher.matches()) {
            throw wrong("period", value, "a number of hours, days or weeks, as 24h, 7d or 4w");
        }
        return Optional.ofNullable(UNITS.get(matcher.group(2)))
                .orElseThrow()
                .multipliedBy(Long.parseLong(matcher.group(1)));
    }

    private static Instant instant(String name, String value) {
        try {
            Instant instant =
                    value.chars().allMatch(Character::isDigit)
                            ? Instant.ofEpochMilli(Long.parseLong(value))
                            : OffsetDateTime.parse(value).toInstant();
            if (!instant.isBefore(EARLIEST) && !instant.isAfter(LATEST)) {
                return instant;
            }
        } catch (DateTimeParseException | NumberFormatException e) {
            // Said below in the same words.
        }
        throw wrong(name, value, "ISO 8601 with an offset, or milliseconds since the epoch");
    }

    /** What a question of analytics refuses is the caller's to mend. */
    static <T> T checked(java.util.function.Supplier<T> question) {
        try {
            return question.get();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static String labels(Grouping[] groupings) {
        return "one of "
                + Arrays.stream(groupings).map(Grouping::label).collect(Collectors.joining(", "));
    }

    private static Problem wrong(String name, String value, String expected) {
        String shown =
                value.length() <= MAX_SHOWN_CHARACTERS
                        ? value
                        : value.substring(0, MAX_SHOWN_CHARACTERS) + "...";
        return Problem.badRequest(name + ": " + shown + " (expected: " + expected + ")");
    }
}
