package dev.wolverine.db.model;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How long servers were alive, and served, in some span of time. Milliseconds of server time: those
 * of several servers add up. What counts as alive is defined once, by the database's function
 * `uptime_slice`.
 *
 * @param measuredMs time that counts: since the server's first beat ever, without {@link #blindMs}
 * @param aliveMs part of it that beats cover
 * @param lateMs part of {@code aliveMs} that was told only afterwards: unreachable, but alive
 * @param servingMs part of {@code aliveMs} in which the server did not call itself down and no
 *     route was unhealthy
 * @param blindMs time in which the platform itself was away and that no beat covers
 * @param beats stored beats, of each hour no more than one an {@link #INTERVAL}: those of a server
 *     that beats more often do not make up for missing ones
 */
public record Uptime(
        long measuredMs, long aliveMs, long lateMs, long servingMs, long blindMs, long beats) {

    /** How long a beat may be followed by none before that is silence: 2.5 intervals. */
    public static final Duration GRACE = Duration.ofSeconds(150);

    /** What a beat covers that is followed by silence: the interval of the stock client. */
    public static final Duration INTERVAL = Duration.ofSeconds(60);

    public static final Uptime NONE = new Uptime(0, 0, 0, 0, 0, 0);

    public Uptime plus(Uptime other) {
        return new Uptime(
                measuredMs + other.measuredMs,
                aliveMs + other.aliveMs,
                lateMs + other.lateMs,
                servingMs + other.servingMs,
                blindMs + other.blindMs,
                beats + other.beats);
    }

    /** The part of the measured time in which beats arrived, 0 to 1; empty if none was measured. */
    public OptionalDouble reachable() {
        return part(aliveMs);
    }

    /** The part of the measured time in which the server served, 0 to 1. */
    public OptionalDouble serving() {
        return part(servingMs);
    }

    /** How many of the beats are stored that one an interval would have been, 0 to 1. */
    public OptionalDouble completeness() {
        return part(beats * INTERVAL.toMillis());
    }

    private OptionalDouble part(long milliseconds) {
        return measuredMs <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(1, (double) milliseconds / measuredMs));
    }
}
