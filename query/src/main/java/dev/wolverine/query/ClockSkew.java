package dev.wolverine.query;

import dev.wolverine.db.model.ServerState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a server's clock is from ours, learned from beats that come at the pace of that clock.
 *
 * <p>A live beat comes as long after the one before it as its clock says. Beats that were kept for
 * later come faster, and say nothing of the clock; neither does one whose newest arrival is that of
 * an older beat. Pure; immutable.
 *
 * @param timestamp the server's clock at its latest beat
 * @param receivedAt ours then
 * @param millis our clock less the server's, smoothed, with the way of the beat in it: negative
 *     where the server's is ahead; null until two beats came at its pace
 */
public record ClockSkew(Instant timestamp, Instant receivedAt, @Nullable Long millis) {

    /** Beats that fail are tried again, and take their time: more is not the same pace. */
    private static final long MAX_JITTER_MILLIS = 5_000;

    /** What a new beat counts against all before it: a quarter. */
    private static final int WEIGHT = 4;

    /** Of a server of which nothing was known. */
    public static ClockSkew of(ServerState state) {
        return new ClockSkew(state.timestamp(), state.lastSeen(), null);
    }

    /** With the newest state of the same server. */
    ClockSkew next(ServerState state) {
        if (!state.timestamp().isAfter(timestamp)) {
            return this;
        }
        long theirs = millis(timestamp, state.timestamp());
        long ours = millis(receivedAt, state.lastSeen());
        boolean live = Math.abs(theirs - ours) <= Math.min(MAX_JITTER_MILLIS, theirs / 2);
        return new ClockSkew(
                state.timestamp(),
                state.lastSeen(),
                live ? Long.valueOf(smoothed(difference(state))) : millis);
    }

    private static long millis(Instant from, Instant to) {
        return to.toEpochMilli() - from.toEpochMilli();
    }

    private static long difference(ServerState state) {
        return millis(state.timestamp(), state.lastSeen());
    }

    /** A clock that was set is another one: nothing before counts. */
    private long smoothed(long sample) {
        return millis == null || Math.abs(sample - millis) > MAX_JITTER_MILLIS
                ? sample
                : millis + (sample - millis) / WEIGHT;
    }
}
