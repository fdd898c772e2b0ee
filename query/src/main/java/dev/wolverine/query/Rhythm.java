package dev.wolverine.query;

import dev.wolverine.db.model.ServerState;
import java.time.Duration;

/**
 * How far apart a server's beats arrive, and how much that varies: what its silence is judged by.
 *
 * <p>Mean and deviation are smoothed as the round trip times of TCP are (Jacobson 1988, RFC 6298).
 * Beats that were kept for later come faster than their clock says, and do not count; one silence
 * moves the mean by an eighth at most, a new interval moves it there in a dozen beats. Pure;
 * immutable.
 *
 * @param meanSeconds between two arrivals
 * @param deviationSeconds from that mean
 */
public record Rhythm(float meanSeconds, float deviationSeconds) {

    /** Of the stock client, until more is known. */
    public static final Rhythm STOCK = new Rhythm(60, 0);

    /** Two beats may be lost. */
    private static final float INTERVALS = 2.5f;

    private static final float DEVIATIONS = 4;
    private static final float LEAST_GRACE_SECONDS = 10;
    private static final float MOST_GRACE_SECONDS = 3_600;
    private static final long MAX_JITTER_MILLIS = 5_000;

    /** How long the server may be silent: 10 s to an hour. */
    public Duration grace() {
        float seconds = INTERVALS * meanSeconds + DEVIATIONS * deviationSeconds;
        return Duration.ofMillis(
                (long)
                        (1000
                                * Math.max(
                                        LEAST_GRACE_SECONDS,
                                        Math.min(MOST_GRACE_SECONDS, seconds))));
    }

    /** With the state after this one of the same server. */
    Rhythm next(ServerState before, ServerState after) {
        long theirs = after.timestamp().toEpochMilli() - before.timestamp().toEpochMilli();
        long ours = after.lastSeen().toEpochMilli() - before.lastSeen().toEpochMilli();
        if (theirs <= 0 || Math.abs(theirs - ours) > Math.min(MAX_JITTER_MILLIS, theirs / 2)) {
            return this;
        }
        float sample = Math.min(ours / 1000f, 2 * meanSeconds);
        float off = Math.abs(sample - meanSeconds);
        return new Rhythm(
                meanSeconds + (sample - meanSeconds) / 8,
                deviationSeconds + (off - deviationSeconds) / 4);
    }
}
