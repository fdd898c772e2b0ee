package dev.wolverine.bench.stream;

import dev.wolverine.bench.fleet.SimulatedInstance;
import java.util.ArrayDeque;

/**
 * The past beats of one instance in the order in which a client would have delivered them: what was
 * missed in an outage comes after the first beat that got through. For one thread.
 */
final class HistoryCursor {
    private final SimulatedInstance instance;
    private final long interval;
    private final long end;
    private final ArrayDeque<Long> missed = new ArrayDeque<>();
    private long next;

    /**
     * @param start first second of the history
     * @param end the second after its last
     * @param interval seconds between two beats
     */
    HistoryCursor(SimulatedInstance instance, long start, long end, long interval) {
        this.instance = instance;
        this.interval = interval;
        this.end = end;
        this.next = instance.dueFrom(start, interval);
    }

    boolean hasNext() {
        return next < end || !missed.isEmpty();
    }

    /** How far the history has come, in seconds of the simulation. */
    long position() {
        return next;
    }

    /** The next beat's second. */
    long next() {
        if (!missed.isEmpty() && !missing(next)) {
            return missed.poll();
        }
        while (missing(next)) {
            missed.add(next);
            next += interval;
        }
        if (next >= end) {
            return missed.remove();
        }
        long second = next;
        next += interval;
        return second;
    }

    private boolean missing(long second) {
        return second < end && instance.outages().offline(second);
    }
}
