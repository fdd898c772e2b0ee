package dev.wolverine.bench.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The beats of one call that have no answer yet, by sequence number from 1. For one thread. */
final class FlightWindow {
    private final @Nullable Flight[] ring;
    private long oldest = 1;
    private long next = 1;
    private int size;

    /**
     * @param capacity a power of two; the distance from the oldest unanswered to the newest beat
     */
    FlightWindow(int capacity) {
        this.ring = new @Nullable Flight[capacity];
    }

    /** Beats without an answer. */
    int size() {
        return size;
    }

    /** How many more sequence numbers fit. */
    int room() {
        return ring.length - (int) (next - oldest);
    }

    long nextSequence() {
        return next;
    }

    void add(Flight flight) {
        ring[slot(next)] = flight;
        next++;
        size++;
    }

    /** Takes one beat out; null if it was answered before or never sent. */
    @Nullable Flight remove(long sequence) {
        if (sequence < oldest || sequence >= next) {
            return null;
        }
        Flight flight = ring[slot(sequence)];
        ring[slot(sequence)] = null;
        size -= flight == null ? 0 : 1;
        return flight;
    }

    /** Whether this number was given to a beat of this call. */
    boolean wasSent(long sequence) {
        return sequence < next;
    }

    /** Takes out all beats up to this one, in order. */
    List<Flight> removeThrough(long sequence) {
        List<Flight> removed = new ArrayList<>();
        while (oldest <= sequence && oldest < next) {
            Flight flight = remove(oldest);
            oldest++;
            if (flight != null) {
                removed.add(flight);
            }
        }
        return removed;
    }

    /** Takes out all beats, in order, and begins again at 1. */
    List<Flight> reset() {
        List<Flight> all = removeThrough(next - 1);
        oldest = 1;
        next = 1;
        return all;
    }

    private int slot(long sequence) {
        return (int) (sequence & (ring.length - 1));
    }

    /** One beat on its way. */
    record Flight(Lane lane, long second) {}
}
