package dev.wolverine.db.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values of one series. What is not present is 0.
 *
 * @param present bit {@code 1 << counter.ordinal()}
 * @param values by ordinal of {@link UsageCounter}; not written to
 */
record Counters(int present, long[] values) {

    static final Counters NONE = new Counters(0, new long[UsageCounter.COUNT]);

    boolean has(int counter) {
        return (present & (1 << counter)) != 0;
    }

    long value(int counter) {
        return values[counter];
    }

    long value(UsageCounter counter) {
        return values[counter.ordinal()];
    }

    /** These values, and of what they lack those of the former. */
    Counters over(Counters former) {
        if ((former.present & ~present) == 0) {
            return this;
        }
        long[] merged = values.clone();
        for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
            if (!has(counter)) {
                merged[counter] = former.values[counter];
            }
        }
        return new Counters(present | former.present, merged);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Counters that
                && present == that.present
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * present + Arrays.hashCode(values);
    }
}
