package dev.wolverine.alerts.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether the platform itself can be believed when a server is silent. For one thread.
 *
 * <p>It cannot for a while after it was away, after its clock jumped, and after heartbeats could
 * not be taken: servers need that long to be heard again. While heartbeats cannot be taken, that
 * many are silent at once says nothing about them.
 */
final class WellBeing {

    /** Two intervals of a usual client, and what a reconnection takes. */
    static final Duration GRACE = Duration.ofSeconds(150);

    private static final Duration STALL = Duration.ofSeconds(30);
    private static final Duration JUMP = Duration.ofSeconds(5);

    private long lastNanos;
    private Instant lastAt;
    private long believedNanos;
    private boolean ingestAway;

    WellBeing(long nanos, Instant at) {
        lastNanos = nanos;
        lastAt = at;
        believedNanos = nanos + GRACE.toNanos();
    }

    /**
     * Before each judging.
     *
     * @param nanos of a clock that only goes on
     * @param at by the clock
     */
    void tick(long nanos, Instant at) {
        Duration passed = Duration.ofNanos(nanos - lastNanos);
        Duration shown = Duration.between(lastAt, at);
        boolean jumped = shown.minus(passed).abs().compareTo(JUMP) > 0;
        if (jumped || passed.compareTo(STALL) > 0) {
            doubt(nanos);
        }
        lastNanos = nanos;
        lastAt = at;
    }

    /**
     * @param away whether nobody has said for a while that heartbeats are taken
     */
    void ingest(boolean away, long nanos) {
        if (ingestAway && !away) {
            doubt(nanos);
        }
        ingestAway = away;
    }

    /** Whether silence of a server means that it is down. */
    boolean believesSilence() {
        return ingestAway || lastNanos - believedNanos >= 0;
    }

    boolean isIngestAway() {
        return ingestAway;
    }

    private void doubt(long nanos) {
        believedNanos = nanos + GRACE.toNanos();
    }
}
