package dev.wolverine.db.ledger;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * Books increases in the quarters of an hour in which they were made, as far as that is known.
 *
 * <p>Between two beats at most {@link #GAP_MILLIS} apart all belongs to the quarter of the later. A
 * longer silence is spread evenly over its quarters, in proportion to the time in each, whole units
 * by largest remainder (Hamilton's method; ties to the earlier), and marked as estimated. Long
 * silences of many series take hours, quarter days or days for quarters, so that one beat never
 * makes more than {@link #MAX_ROWS} rows; beyond {@link #MAX_SPREAD_MILLIS} nothing is known, and
 * all belongs to the later beat.
 */
final class UsageSpread {

    /** Two intervals of the client. */
    static final long GAP_MILLIS = 120_000;

    static final long MAX_SPREAD_MILLIS = 31 * 86_400_000L;
    static final int MAX_ROWS = 10_000;

    /** In quarters of an hour. */
    private static final int[] STEPS = {1, 4, 24, 96};

    private static final int NONE = 0;
    private static final long[] NOTHING = new long[UsageCounter.COUNT];

    private UsageSpread() {}

    /** Whether the increase between two beats belongs to more than one quarter. */
    static boolean isSpread(long from, long to) {
        return to - from > GAP_MILLIS && UsageKey.quarter(from) != UsageKey.quarter(to);
    }

    /** Books increases with the later beat, as an estimate of when they were made. */
    static void bookAtOnce(
            SortedMap<SeriesKey, long[]> increases, long to, int sign, LedgerFacts facts) {
        increases.forEach((series, increase) ->
                facts.add(new UsageKey(UsageKey.quarter(to), series), increase, sign, sign));
    }

    /**
     * Books increases that were made after {@code from} and not after {@code to}, milliseconds.
     *
     * @param sign 1, or -1 to take back what was booked before
     */
    static void book(
            SortedMap<SeriesKey, long[]> increases,
            long from,
            long to,
            int sign,
            LedgerFacts facts) {
        long first = UsageKey.quarter(from);
        long last = UsageKey.quarter(to);
        long silence = to - from;
        if (!isSpread(from, to)) {
            increases.forEach(
                    (series, increase) -> facts.add(new UsageKey(last, series), increase, sign, 0));
            return;
        }
        int step = silence > MAX_SPREAD_MILLIS ? NONE : step(last - first, increases.size());
        if (step == NONE) {
            bookAtOnce(increases, to, sign, facts);
            return;
        }
        long[] edges = edges(from, to, step);
        for (Map.Entry<SeriesKey, long[]> entry : increases.entrySet()) {
            long[][] parts = new long[edges.length - 1][UsageCounter.COUNT];
            for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                spread(entry.getValue()[counter], edges, counter, parts);
            }
            for (int part = 0; part < parts.length; part++) {
                long quarter = UsageKey.quarter(edges[part]);
                if (!Arrays.equals(parts[part], NOTHING)) {
                    facts.add(new UsageKey(quarter, entry.getKey()), parts[part], sign, sign);
                }
            }
        }
    }

    private static int step(long quarters, int series) {
        for (int step : STEPS) {
            if ((quarters / step + 2) * series <= MAX_ROWS) {
                return step;
            }
        }
        return NONE;
    }

    /** Where the parts begin, and where the last ends. */
    private static long[] edges(long from, long to, int step) {
        long stepMillis = step * UsageKey.QUARTER_MILLIS;
        long second = (Math.floorDiv(from, stepMillis) + 1) * stepMillis;
        int inner = second >= to ? 0 : (int) ((to - 1 - second) / stepMillis) + 1;
        long[] edges = new long[inner + 2];
        edges[0] = from;
        for (int i = 0; i < inner; i++) {
            edges[i + 1] = second + i * stepMillis;
        }
        edges[inner + 1] = to;
        return edges;
    }

    private static void spread(long amount, long[] edges, int counter, long[][] parts) {
        if (amount == 0) {
            return;
        }
        long whole = edges[edges.length - 1] - edges[0];
        long[] remainders = new long[parts.length];
        long left = amount;
        for (int part = 0; part < parts.length; part++) {
            long share = edges[part + 1] - edges[part];
            if (amount <= Long.MAX_VALUE / share) {
                parts[part][counter] = amount * share / whole;
                remainders[part] = amount * share % whole;
            } else {
                BigInteger[] exact =
                        BigInteger.valueOf(amount)
                                .multiply(BigInteger.valueOf(share))
                                .divideAndRemainder(BigInteger.valueOf(whole));
                parts[part][counter] = exact[0].longValueExact();
                remainders[part] = exact[1].longValueExact();
            }
            left -= parts[part][counter];
        }
        IntStream.range(0, parts.length)
                .boxed()
                .sorted(Comparator.comparingLong((Integer part) -> -remainders[part]))
                .limit(left)
                .forEach(part -> parts[part][counter]++);
    }
}
