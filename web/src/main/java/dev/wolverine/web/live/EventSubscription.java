package dev.wolverine.web.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * The simple form of the published protocol: a bare event for each server that sent heartbeats.
 * Alerts and repairs may be asked for as well; nothing raises them yet.
 */
final class EventSubscription implements Subscription {

    private static final String HEARTBEAT = "heartbeat";

    private final ClientMessage.Simple wish;
    private final FleetLog log;
    private final Deque<FleetLog.ServerChange> pending = new ArrayDeque<>();
    private long cursor;

    /**
     * @param log acquired before {@code cursor} was read
     * @param cursor number of the last change that is not of interest
     */
    EventSubscription(ClientMessage.Simple wish, FleetLog log, long cursor) {
        this.wish = wish;
        this.log = log;
        this.cursor = cursor;
    }

    @Override
    public void flush(Outlet outlet) {
        if (pending.isEmpty()) {
            cursor = log.readInto(pending, cursor);
        }
        while (!pending.isEmpty() && !outlet.isFull()) {
            FleetLog.ServerChange change = pending.removeFirst();
            if (change.heartbeat() && isWanted(change.server().state().instanceId())) {
                outlet.send(ServerMessages.heartbeat(change.server()));
            }
        }
    }

    private boolean isWanted(String server) {
        Set<String> types = wish.types();
        return (types.isEmpty() || types.contains(HEARTBEAT))
                && (wish.servers().isEmpty() || wish.servers().contains(server));
    }
}
