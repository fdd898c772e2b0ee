package dev.wolverine.db.ledger;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An increase over a silence that is booked as a whole with its later beat, until it is known that
 * no beats come to fill it.
 *
 * @param from the earlier beat, milliseconds
 * @param to the later
 * @param increases encoded, as a {@link CounterSet}
 */
record Gap(long from, long to, byte[] increases) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Gap that
                && from == that.from
                && to == that.to
                && Arrays.equals(increases, that.increases);
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, to);
    }
}
