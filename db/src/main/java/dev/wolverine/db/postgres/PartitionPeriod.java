package dev.wolverine.db.postgres;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How long a partition is, in UTC; where it begins ends its name. */
enum PartitionPeriod {
    HOUR("yyyyMMddHH", ChronoUnit.HOURS),
    DAY("yyyyMMdd", ChronoUnit.DAYS),
    MONTH("yyyyMM", ChronoUnit.MONTHS);

    private final String pattern;
    private final DateTimeFormatter suffix;
    private final ChronoUnit unit;

    PartitionPeriod(String pattern, ChronoUnit unit) {
        this.pattern = pattern;
        this.unit = unit;
        suffix = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    }

    /** The period that is told by the length of what ends a partition's name. */
    static PartitionPeriod ofName(String partition) {
        int digits = suffix(partition).length();
        for (PartitionPeriod period : values()) {
            if (period.pattern.length() == digits) {
                return period;
            }
        }
        throw new IllegalArgumentException(partition + " (expected: a table and a time)");
    }

    LocalDateTime start(LocalDateTime time) {
        return this == MONTH
                ? time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1)
                : time.truncatedTo(unit);
    }

    LocalDateTime end(LocalDateTime start) {
        return start.plus(1, unit);
    }

    String name(String table, LocalDateTime start) {
        return table + "_" + suffix.format(start);
    }

    /** Where a partition of this period begins. */
    LocalDateTime startOf(String partition) {
        // Completed to the hour of the first day: patterns without a day have no time to be parsed
        // to.
        String digits = suffix(partition);
        return LocalDateTime.of(
                Integer.parseInt(digits.substring(0, 4)),
                Integer.parseInt(digits.substring(4, 6)),
                this == MONTH ? 1 : Integer.parseInt(digits.substring(6, 8)),
                this == HOUR ? Integer.parseInt(digits.substring(8, 10)) : 0,
                0);
    }

    static Instant startsAt(String partition) {
        return ofName(partition).startOf(partition).toInstant(ZoneOffset.UTC);
    }

    static Instant endsAt(String partition) {
        PartitionPeriod period = ofName(partition);
        return period.end(period.startOf(partition)).toInstant(ZoneOffset.UTC);
    }

    private static String suffix(String partition) {
        return partition.substring(partition.lastIndexOf('_') + 1);
    }
}
