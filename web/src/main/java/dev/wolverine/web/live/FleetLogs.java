package dev.wolverine.web.live;

import dev.wolverine.query.FleetIndex;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The logs of the organisations that somebody watches: made with the first reader, dropped with the
 * last. Thread-safe.
 */
final class FleetLogs {

    private final FleetFeed fleet;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

    FleetLogs(FleetFeed fleet) {
        this.fleet = fleet;
    }

    /**
     * The organisation's log, which takes every change in from now on: who reads a snapshot after
     * this call misses none. Each call needs one {@link #release}.
     */
    FleetLog acquire(UUID organisationId) {
        Watched found =
                watched.compute(
                        organisationId,
                        (id, known) -> known == null ? watch(id) : known.withReaders(1));
        return found.log;
    }

    void release(UUID organisationId) {
        watched.computeIfPresent(
                organisationId,
                (id, known) -> {
                    if (known.readers > 1) {
                        return known.withReaders(-1);
                    }
                    known.subscription.close();
                    return null;
                });
    }

    int size() {
        return watched.size();
    }

    private Watched watch(UUID organisationId) {
        FleetLog log = new FleetLog();
        FleetIndex.Subscription subscription = fleet.subscribe(organisationId, log::apply);
        log.seed(fleet.snapshot(organisationId));
        return new Watched(log, subscription, 1);
    }

    private record Watched(FleetLog log, FleetIndex.Subscription subscription, int readers) {
        Watched withReaders(int more) {
            return new Watched(log, subscription, readers + more);
        }
    }
}
