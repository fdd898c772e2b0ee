package dev.wolverine.web.live;

import dev.wolverine.query.FleetIndex;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The logs of the organisations that somebody watches: made with the first reader, dropped with the
 * last. Thread-safe.
 */
final class FleetLogs {

    private final FleetFeed fleet;
    private final Executor sorting;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

    /**
     * @param sorting where windows are sorted
     */
    FleetLogs(FleetFeed fleet, Executor sorting) {
        this.fleet = fleet;
        this.sorting = sorting;
    }

    /** What is kept for the readers of one organisation. */
    record Reading(FleetLog log, FleetWindows windows) {}

    /**
     * The organisation's log, which takes every change in from now on: who reads a snapshot after
     * this call misses none. Each call needs one {@link #release}.
     */
    Reading acquire(UUID organisationId) {
        Watched found =
                watched.compute(
                        organisationId,
                        (id, known) -> known == null ? watch(id) : known.withReaders(1));
        return found.reading;
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
        FleetLog log = new FleetLog(fleet::marks);
        FleetIndex.Subscription subscription = fleet.subscribe(organisationId, log::apply);
        log.seed(fleet.snapshot(organisationId));
        FleetWindows windows =
                new FleetWindows(
                        window -> fleet.page(organisationId, window),
                        log,
                        sorting,
                        System::nanoTime);
        return new Watched(new Reading(log, windows), subscription, 1);
    }

    private record Watched(Reading reading, FleetIndex.Subscription subscription, int readers) {
        Watched withReaders(int more) {
            return new Watched(reading, subscription, readers + more);
        }
    }
}
