package dev.wolverine.alerts.leak;

import org.jspecify.annotations.Nullable;

/**
 * Remembers for which ends a window has shown growth, so that each is looked at once: only late
 * beats make it look again. A cache; never stored.
 */
final class GrowthMemory {

    private @Nullable GrowthWindow window;
    private long newest;
    private int changes;
    private long known;
    private long grew;

    /** Whether there was growth in the window that ended {@code back} buckets ago, at most 63. */
    boolean grew(GrowthWindow asked, MemoryHistory history, Buckets ring, int back) {
        bringUpToDate(asked, ring);
        long bit = 1L << back;
        if ((known & bit) == 0) {
            known |= bit;
            if (asked.growth(history, ring, ring.newest() - back).isPresent()) {
                grew |= bit;
            }
        }
        return (grew & bit) != 0;
    }

    private void bringUpToDate(GrowthWindow asked, Buckets ring) {
        long ahead = ring.newest() - newest;
        if (asked != window || changes != ring.changes() || ahead >= Long.SIZE) {
            known = 0;
            grew = 0;
        } else {
            known <<= ahead;
            grew <<= ahead;
        }
        window = asked;
        newest = ring.newest();
        changes = ring.changes();
    }
}
