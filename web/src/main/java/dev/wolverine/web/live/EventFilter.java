package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which events a reader wants and may have.
 *
 * @param servers instance ids; empty: all, and what is about no single server
 * @param shown of a server's instance id, where not all servers are shown; null: all are
 */
record EventFilter(
        Set<LiveEvent.Kind> kinds, Set<String> servers, @Nullable Predicate<String> shown) {

    boolean admits(LiveEvent event) {
        if (!kinds.contains(event.kind())) {
            return false;
        }
        String server = event.instanceId();
        if (server == null) {
            return servers.isEmpty() && shown == null;
        }
        return (servers.isEmpty() || servers.contains(server))
                && (shown == null || shown.test(server));
    }
}
