package dev.wolverine.bench.stream;

import dev.wolverine.bench.fleet.Outages;
import dev.wolverine.bench.fleet.SimulatedInstance;
import java.util.ArrayDeque;

/**
 * One instance inside its stream: the beat that is due, the queue of those that could not be sent,
 * and its history. Behaves as the stock client: the newest beat goes first, then the queue oldest
 * first; a full queue forgets its oldest. For one thread.
 */
final class Lane {
    /** As many as the stock client keeps. */
    static final int QUEUE_LIMIT = 1440;

    static final long NONE = Long.MIN_VALUE;

    private final SimulatedInstance instance;
    private final Outages outages;
    private final HistoryCursor history;
    private final ArrayDeque<Long> queue = new ArrayDeque<>();
    private final long interval;
    private long nextDue;
    private long newest = NONE;
    private boolean draining;

    /**
     * @param outages of the live part
     * @param liveFrom second of the first live beat
     * @param interval seconds between two live beats
     */
    Lane(
            SimulatedInstance instance,
            Outages outages,
            HistoryCursor history,
            long liveFrom,
            long interval) {
        this.instance = instance;
        this.outages = outages;
        this.history = history;
        this.interval = interval;
        this.nextDue = instance.dueFrom(liveFrom, interval);
    }

    SimulatedInstance instance() {
        return instance;
    }

    HistoryCursor history() {
        return history;
    }

    /** When the next live beat is due, milliseconds since the epoch. */
    long dueMillis() {
        return instance.timestamp(nextDue);
    }

    /** Makes the beat that is due. Returns how many beats a full queue forgot for it: 0 or 1. */
    int tick() {
        int forgotten = newest == NONE ? 0 : enqueue(newest);
        newest = NONE;
        if (outages.offline(nextDue)) {
            forgotten += enqueue(nextDue);
            draining = false;
        } else {
            newest = nextDue;
        }
        nextDue += interval;
        return forgotten;
    }

    boolean hasNewest() {
        return newest != NONE;
    }

    /** The second of the newest beat; it opens the queue behind it. */
    long takeNewest() {
        long second = newest;
        newest = NONE;
        draining = true;
        return second;
    }

    /** Lets the queue go although no newer beat went ahead of it. */
    void openQueue() {
        draining = true;
    }

    boolean canDrain() {
        return draining && !queue.isEmpty();
    }

    /** The second of the oldest beat in the queue. */
    long takeOldest() {
        return queue.remove();
    }

    int queued() {
        return queue.size();
    }

    private int enqueue(long second) {
        int forgotten = 0;
        if (queue.size() == QUEUE_LIMIT) {
            queue.remove();
            forgotten = 1;
        }
        queue.add(second);
        return forgotten;
    }
}
