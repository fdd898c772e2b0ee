package dev.wolverine.web.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * The simple form of the published protocol: a bare event for each server that sent heartbeats, and
 * for each alert and repair.
 */
final class EventSubscription implements Subscription {

    private static final String HEARTBEAT = "heartbeat";

    private final ClientMessage.Simple wish;
    private final FleetLog log;
    private final EventLane events;
    private final Deque<FleetLog.ServerChange> pending = new ArrayDeque<>();
    private long cursor;

    /**
     * @param events those that are wished for, in the words of the simple form
     */
    EventSubscription(ClientMessage.Simple wish, FleetLog log, EventLane events) {
        this.wish = wish;
        this.log = log;
        this.events = events;
        this.cursor = log.newest();
    }

    @Override
    public void flush(Outlet outlet) {
        if (events.hasLost()) {
            events.skip();
            outlet.send(ServerMessages.simpleResync());
        }
        while (events.isBehind() && !outlet.isFull()) {
            events.next().ifPresent(event -> outlet.send(ServerMessages.simpleEvent(event)));
            if (events.isBehind() && events.hasLost()) {
                return;
            }
        }
        if (pending.isEmpty()) {
            cursor =
                    wish.servers().isEmpty()
                            ? log.readInto(pending, cursor)
                            : log.readInto(pending, wish.servers(), Set.of(), cursor);
        }
        while (!pending.isEmpty() && !outlet.isFull()) {
            FleetLog.ServerChange change = pending.removeFirst();
            if (change.heartbeat() && wantsHeartbeats()) {
                outlet.send(ServerMessages.heartbeat(change.server()));
            }
        }
    }

    private boolean wantsHeartbeats() {
        return wish.types().isEmpty() || wish.types().contains(HEARTBEAT);
    }
}
