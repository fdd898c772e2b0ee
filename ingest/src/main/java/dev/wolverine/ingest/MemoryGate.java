package dev.wolverine.ingest;

/**
 * Closes when the heap is nearly full of what is needed, and opens again when it is not.
 *
 * <p>Full counts only what both the last collection left and is in use now: garbage closes nothing,
 * and neither does the figure of a collection long ago. A closed gate keeps new work out, and
 * without work there may be no collection to say that there is room: after a while without a new
 * figure the gate opens to find out, and closes again only on a newer one.
 *
 * <p>For one thread at a time.
 */
final class MemoryGate {

    /** Collections leave at least something. */
    private static final long NONE = -1;

    private final IngestConfig.MemoryGate config;
    private boolean closed;
    private long judged = NONE;
    private long judgedAtNanos;
    private long doubted = NONE;

    MemoryGate(IngestConfig.MemoryGate config) {
        this.config = config;
    }

    /** Whether it is closed, given how things are at this time. */
    boolean isClosed(HeapReading heap, long nanoTime) {
        long kept = Math.min(heap.used(), heap.usedAfterCollection());
        if (!closed) {
            if (isAbove(config.closePercent(), kept, heap)
                    && heap.usedAfterCollection() != doubted) {
                closed = true;
                judge(heap, nanoTime);
            }
        } else if (!isAbove(config.reopenPercent(), kept, heap)) {
            open(NONE);
        } else if (heap.usedAfterCollection() != judged) {
            judge(heap, nanoTime);
        } else if (nanoTime - judgedAtNanos >= config.recheck().toNanos()) {
            open(judged);
        }
        return closed;
    }

    private void judge(HeapReading heap, long nanoTime) {
        judged = heap.usedAfterCollection();
        judgedAtNanos = nanoTime;
    }

    private void open(long doubtedFigure) {
        closed = false;
        doubted = doubtedFigure;
    }

    private static boolean isAbove(int percent, long kept, HeapReading heap) {
        return heap.max() > 0 && kept >= heap.max() / 100 * percent;
    }
}
