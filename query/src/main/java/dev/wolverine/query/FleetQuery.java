package dev.wolverine.query;

import org.jspecify.annotations.Nullable;

/**
 * Which servers, in which order, and which part of them.
 *
 * @param descending turns the order round; ties are always by name, then id
 * @param after the end of the page before, of the same sort and order; null: from {@code offset} on
 * @param offset 0 to 10,000, by name to 10,000,000; 0 with a cursor
 * @param limit 1 to 1,000
 */
public record FleetQuery(
        FleetFilter filter,
        FleetSort sort,
        boolean descending,
        @Nullable FleetCursor after,
        int offset,
        int limit) {

    public static final int MAX_LIMIT = 1_000;
    public static final int MAX_OFFSET = 10_000;

    /** By name the order is kept, and nothing before the offset has to be sorted. */
    public static final int MAX_OFFSET_BY_NAME = 10_000_000;

    public FleetQuery {
        int most = sort == FleetSort.NAME ? MAX_OFFSET_BY_NAME : MAX_OFFSET;
        if (offset < 0 || offset > most) {
            throw new IllegalArgumentException(
                    "offset: "
                            + offset
                            + " (expected: 0 to "
                            + most
                            + " with sort="
                            + sort.label()
                            + "; use nextCursor)");
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        if (after != null && (after.sort() != sort || after.descending() != descending)) {
            throw new IllegalArgumentException(
                    "cursor: of another sort or order (expected: nextCursor of the page before)");
        }
        if (after != null && offset > 0) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: 0 with cursor)");
        }
    }

    /** The number of the page, from 1. */
    int page() {
        return after == null ? offset / limit + 1 : after.page() + 1;
    }
}
