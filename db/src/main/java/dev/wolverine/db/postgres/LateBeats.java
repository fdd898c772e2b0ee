package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Uptime;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tells of which servers a transaction changed time that is past: those with beats older than ones
 * that were there, and those with beats that came more than a grace after their own time. An
 * offline queue that comes back in order is the second only, also where it brings the newest beat
 * along.
 */
final class LateBeats {

    private LateBeats() {}

    /**
     * The earliest such beat of each server, by server.
     *
     * @param outOfOrder the earliest new beat of each server that has newer ones
     */
    static SortedMap<Integer, Instant> from(
            List<ServerBeats> servers, SortedMap<Integer, Instant> outOfOrder) {
        SortedMap<Integer, Instant> late = new TreeMap<>(outOfOrder);
        for (ServerBeats server : servers) {
            for (Heartbeat beat : server.changed()) {
                long onItsWay = beat.receivedAt().toEpochMilli() - beat.timestamp().toEpochMilli();
                if (onItsWay > Uptime.GRACE.toMillis()) {
                    late.merge(
                            server.serverId(), beat.timestamp(), (a, b) -> a.isBefore(b) ? a : b);
                    break;
                }
            }
        }
        return late;
    }
}
