package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The newest events of one organisation, in the order in which every process has them.
 *
 * <p>A reader keeps nothing but the number of the last event that it has seen. Bounded by count and
 * age: a reader that is behind the oldest has lost some, and is told so. One thread writes; any may
 * read.
 */
final class EventLog {

    static final int MAX_EVENTS = 10_000;

    private final ConcurrentSkipListMap<Long, LoggedEvent> events = new ConcurrentSkipListMap<>();
    private volatile State state;

    /** Numbers of one epoch mean nothing in another. */
    private record State(String epoch, long head, long bytes) {}

    EventLog(String epoch, long head) {
        state = new State(epoch, head, 0);
    }

    String epoch() {
        return state.epoch;
    }

    /** The newest number; 0 before the first. */
    long head() {
        return state.head;
    }

    /** Forgets all: what comes is behind this number of this epoch. */
    void begin(String epoch, long head) {
        events.clear();
        state = new State(epoch, head, 0);
    }

    /** Adds the next event; one that is here already changes nothing. */
    void add(LiveEvent event, long now) {
        State before = state;
        if (event.sequence() <= before.head) {
            return;
        }
        if (event.sequence() != before.head + 1) {
            events.clear();
        }
        LoggedEvent logged = LoggedEvent.of(event, before.bytes, now);
        events.put(event.sequence(), logged);
        state = new State(before.epoch, event.sequence(), logged.bytesThrough());
        while (events.size() > MAX_EVENTS) {
            events.pollFirstEntry();
        }
    }

    /** Drops what came before a moment. */
    void expire(long before) {
        Map.Entry<Long, LoggedEvent> oldest = events.firstEntry();
        while (oldest != null && oldest.getValue().at() - before < 0) {
            events.remove(oldest.getKey());
            oldest = events.firstEntry();
        }
    }

    /**
     * Whether every event after a number is here, or still comes: a reader from another process may
     * be a little ahead.
     */
    boolean reaches(long sequence) {
        long head = state.head;
        return sequence >= head
                ? sequence - head <= EventLane.MAX_EVENTS
                : events.containsKey(sequence + 1);
    }

    /** Events after a number, oldest first. */
    Collection<LoggedEvent> after(long sequence) {
        return events.tailMap(sequence, false).values();
    }

    /** How much those are together, in bytes. */
    long bytesAfter(long sequence) {
        Map.Entry<Long, LoggedEvent> first = events.higherEntry(sequence);
        return first == null
                ? 0
                : state.bytes - first.getValue().bytesThrough() + first.getValue().bytes();
    }
}
