package dev.wolverine.ingest;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that is one number: the moment at which it is full again (the generic cell rate
 * algorithm, ITU-T I.371). Thread-safe, never blocks. Times are of {@link System#nanoTime()}, so
 * that a wall clock that jumps fills nothing.
 */
final class TokenBucket {

    private final long nanosPerToken;
    private final long capacityNanos;
    private final AtomicLong fullAt;

    /**
     * A full one.
     *
     * @param nanosPerToken how long one token takes to come back, at least 1
     * @param burst tokens that it holds, at least 1
     */
    TokenBucket(long nanosPerToken, int burst, long now) {
        this.nanosPerToken = nanosPerToken;
        capacityNanos = nanosPerToken * burst;
        fullAt = new AtomicLong(now);
    }

    /** Takes one token: 0, or for how many nanoseconds there is none. */
    long take(long now) {
        while (true) {
            long before = fullAt.get();
            // By difference: nanoTime may pass from the largest number to the smallest.
            long after = Math.max(before - now, 0) + nanosPerToken;
            if (after > capacityNanos) {
                return after - capacityNanos;
            }
            if (fullAt.compareAndSet(before, now + after)) {
                return 0;
            }
        }
    }

    /** Gives one token back; one too many is lost. */
    void giveBack() {
        fullAt.addAndGet(-nanosPerToken);
    }
}
