package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.alert.AlertRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which alert explains which: an event of the fleet explains what its servers suffer, a server that
 * is down all else of it, a crash loop the rest. Pure; made for the alerts of one moment.
 */
final class Inhibition {

    private static final int FLEET_EVENT = 0;
    private static final int SERVER_DOWN = 1;
    private static final int CRASH_LOOP = 2;
    private static final int THE_REST = 3;

    private final List<AlertRecord> events = new ArrayList<>();
    private final Map<Integer, AlertRecord> strongest = new HashMap<>();
    private final IntFunction<@Nullable ServerFacts> servers;

    /**
     * @param servers by id; null for one that is not known
     */
    Inhibition(Collection<AlertRecord> alerts, IntFunction<@Nullable ServerFacts> servers) {
        this.servers = servers;
        alerts.stream()
                .filter(AlertRecord::isFiring)
                .sorted(
                        Comparator.comparing(AlertRecord::pendingSince)
                                .thenComparing(AlertRecord::id))
                .forEach(this::add);
    }

    private void add(AlertRecord alert) {
        int rank = rank(alert);
        if (rank == FLEET_EVENT) {
            events.add(alert);
        } else if (rank < THE_REST && alert.subject().serverId() != 0) {
            strongest.merge(
                    alert.subject().serverId(),
                    alert,
                    (one, other) -> rank(other) < rank(one) ? other : one);
        }
    }

    /** The alert that explains it; empty if none does. */
    Optional<UUID> inhibitor(AlertRecord alert) {
        int rank = rank(alert);
        if (rank == FLEET_EVENT || alert.subject().serverId() == 0) {
            return Optional.empty();
        }
        for (AlertRecord event : events) {
            if (covers(event, alert.subject().serverId())) {
                return Optional.of(event.id());
            }
        }
        AlertRecord other = strongest.get(alert.subject().serverId());
        return other != null && rank(other) < rank ? Optional.of(other.id()) : Optional.empty();
    }

    /** An event names the tag or the version whose servers it is about; without one, all are. */
    private boolean covers(AlertRecord event, int serverId) {
        ServerFacts server = servers.apply(serverId);
        if (server == null) {
            return false;
        }
        Map<String, String> labels = event.subject().labels();
        String tag = labels.get("tag");
        String version = labels.get("version");
        return (tag == null || server.tags().contains(tag))
                && (version == null || server.version().equals(version));
    }

    private static int rank(AlertRecord alert) {
        return switch (alert.kind()) {
            case "fleet_event" -> FLEET_EVENT;
            case "server_down" -> SERVER_DOWN;
            case "crash_loop" -> CRASH_LOOP;
            default -> THE_REST;
        };
    }
}
