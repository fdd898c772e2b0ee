package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A reader's place among the events: first in, first out, each of them, or the word that some were
 * lost. Holds no events of its own. For one socket, on its event loop.
 */
final class EventLane {

    /** A reader that is further behind has lost them. */
    static final int MAX_EVENTS = 1_000;

    static final int MAX_BYTES = 1024 * 1024;

    private final EventLog log;
    private final EventFilter filter;
    private String epoch;
    private long cursor;

    private EventLane(EventLog log, EventFilter filter, String epoch, long cursor) {
        this.log = log;
        this.filter = filter;
        this.epoch = epoch;
        this.cursor = cursor;
    }

    /** From now on. */
    static EventLane fromNow(EventLog log, EventFilter filter) {
        // The epoch first: if another begins in between, it is found to be another.
        String epoch = log.epoch();
        return new EventLane(log, filter, epoch, log.head());
    }

    /** Where the reader has stopped, if what came since is still there; else from now on. */
    static EventLane resumed(EventLog log, EventFilter filter, ClientMessage.Resume resume) {
        EventLane there = new EventLane(log, filter, resume.epoch(), resume.sequence());
        return there.hasLost() ? fromNow(log, filter) : there;
    }

    String epoch() {
        return epoch;
    }

    /** Number of the last event that the reader has, or does not want. */
    long cursor() {
        return cursor;
    }

    /** Whether events are gone that the reader should have had, or too many wait for it. */
    boolean hasLost() {
        return !epoch.equals(log.epoch())
                || !log.reaches(cursor)
                || log.head() - cursor > MAX_EVENTS
                || log.bytesAfter(cursor) > MAX_BYTES;
    }

    /** Goes on from the newest event. */
    void skip() {
        epoch = log.epoch();
        cursor = log.head();
    }

    boolean isBehind() {
        return cursor < log.head();
    }

    /** The next events as JSON, as many as fit; the first that is wanted whatever its size. */
    List<String> take(int maxBytes) {
        List<String> taken = new ArrayList<>();
        int bytes = 0;
        for (LoggedEvent event : log.after(cursor)) {
            if (event.sequence() != cursor + 1) {
                break;
            }
            if (filter.admits(event.event())) {
                if (!taken.isEmpty() && bytes + event.bytes() > maxBytes) {
                    break;
                }
                taken.add(event.json());
                bytes += event.bytes();
            }
            cursor = event.sequence();
        }
        return taken;
    }

    /** The next event, if it is wanted. */
    Optional<LiveEvent> next() {
        for (LoggedEvent event : log.after(cursor)) {
            if (event.sequence() != cursor + 1) {
                break;
            }
            cursor = event.sequence();
            return Optional.of(event.event()).filter(filter::admits);
        }
        return Optional.empty();
    }
}
