package dev.wolverine.db.ledger;

/**
 * Where an increase is booked.
 *
 * @param quarter quarters of an hour since 1970, UTC
 */
public record UsageKey(long quarter, SeriesKey series) implements Comparable<UsageKey> {

    /** A day begins, in every time zone there is, with one of these. */
    public static final long QUARTER_MILLIS = 15 * 60_000L;

    static long quarter(long millis) {
        return Math.floorDiv(millis, QUARTER_MILLIS);
    }

    @Override
    public int compareTo(UsageKey other) {
        int order = Long.compare(quarter, other.quarter);
        return order == 0 ? series.compareTo(other.series) : order;
    }
}
