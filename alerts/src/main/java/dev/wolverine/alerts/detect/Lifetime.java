package dev.wolverine.alerts.detect;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * For how long, of a stretch of time, the platform was there to take heartbeats: silence counts
 * only then. A clock that jumps looks like an absence of ours, and counts for nothing either. Not
 * thread-safe.
 */
final class Lifetime {

    /** Longer between two signs of life is an absence. */
    static final long TOLERATED_MILLIS = 30_000;

    private static final int REMEMBERED = 100;

    private record Absence(long began, long ended) {}

    private final Deque<Absence> absences = new ArrayDeque<>();
    private long began = Long.MAX_VALUE;
    private long alive = Long.MIN_VALUE;

    /** Everything works now. */
    void alive(long millis) {
        if (alive == Long.MIN_VALUE) {
            began = millis;
        } else if (millis < alive) {
            while (!absences.isEmpty() && absences.getLast().ended() > millis) {
                absences.removeLast();
            }
            began = Math.min(began, millis);
        } else if (millis - alive > TOLERATED_MILLIS) {
            absences.addLast(new Absence(alive, millis));
            if (absences.size() > REMEMBERED) {
                began = absences.removeFirst().ended();
            }
        }
        alive = millis;
    }

    /** Milliseconds between the two that count; 0 if the second is before the first. */
    long between(long from, long until) {
        long first = Math.max(from, began);
        long last = Math.min(until, alive == Long.MIN_VALUE ? from : alive + TOLERATED_MILLIS);
        long lived = Math.max(0, last - first);
        for (Absence absence : absences) {
            lived -=
                    Math.max(0, Math.min(last, absence.ended()) - Math.max(first, absence.began()));
        }
        return Math.max(0, lived);
    }
}
