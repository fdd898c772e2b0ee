package dev.wolverine.query.analytics;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How wide the points of a series are, and the periods of a budget, by a calendar. */
public enum Step {
    /** A quarter of an hour. */
    QUARTER,
    HOUR,
    DAY,
    /** From Monday on. */
    WEEK,
    MONTH;

    private static final Duration FIFTEEN_MINUTES = Duration.ofMinutes(15);

    /** In lower case; a quarter is `15m`. */
    public String label() {
        return this == QUARTER ? "15m" : name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Step> ofLabel(String label) {
        return Arrays.stream(values()).filter(step -> step.label().equals(label)).findFirst();
    }

    /**
     * The start of the one that holds this instant, in this zone. Hours begin where the clock shows
     * a whole one: in Kolkata at half past of UTC.
     */
    public Instant start(Instant instant, ZoneId zone) {
        LocalDate date = instant.atZone(zone).toLocalDate();
        return switch (this) {
            case QUARTER -> floor(instant, FIFTEEN_MINUTES);
            case HOUR -> hour(instant, zone);
            case DAY -> date.atStartOfDay(zone).toInstant();
            case WEEK ->
                    date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                            .atStartOfDay(zone)
                            .toInstant();
            case MONTH -> date.withDayOfMonth(1).atStartOfDay(zone).toInstant();
        };
    }

    /** The start of the one after this. */
    public Instant next(Instant start, ZoneId zone) {
        LocalDate date = start.atZone(zone).toLocalDate();
        return switch (this) {
            case QUARTER -> start.plus(FIFTEEN_MINUTES);
            case HOUR -> nextHour(start, zone);
            case DAY -> date.plusDays(1).atStartOfDay(zone).toInstant();
            case WEEK -> date.plusWeeks(1).atStartOfDay(zone).toInstant();
            case MONTH -> date.plusMonths(1).atStartOfDay(zone).toInstant();
        };
    }

    /**
     * An hour that a clock shows twice is two; one that is cut by a change of clocks begins there.
     */
    private static Instant hour(Instant instant, ZoneId zone) {
        Instant whole = wholeHour(instant, zone);
        ZoneOffsetTransition change =
                zone.getRules().previousTransition(instant.plus(1, ChronoUnit.MILLIS));
        return change == null || !change.getInstant().isAfter(whole) ? whole : change.getInstant();
    }

    private static Instant nextHour(Instant start, ZoneId zone) {
        Instant next = wholeHour(start, zone).plus(1, ChronoUnit.HOURS);
        ZoneOffsetTransition change = zone.getRules().nextTransition(start);
        return change == null || !change.getInstant().isBefore(next) ? next : change.getInstant();
    }

    private static Instant wholeHour(Instant instant, ZoneId zone) {
        long offset = zone.getRules().getOffset(instant).getTotalSeconds() * 1000L;
        long millis = instant.toEpochMilli() + offset;
        return Instant.ofEpochMilli(
                millis - Math.floorMod(millis, Duration.ofHours(1).toMillis()) - offset);
    }

    static Instant floor(Instant instant, Duration width) {
        return Instant.ofEpochMilli(
                instant.toEpochMilli() - Math.floorMod(instant.toEpochMilli(), width.toMillis()));
    }
}
