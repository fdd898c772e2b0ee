package dev.wolverine.query;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One page of a sorted and filtered fleet.
 *
 * @param total servers that the filter lets through
 * @param counts by status, every status named: of the whole organisation but for what was put away,
 *     or of what was put away
 * @param page its number, from 1
 * @param next where the next page begins; null: this is the last
 */
public record FleetPage(
        List<ServerView> servers,
        int total,
        Map<Status, Integer> counts,
        int page,
        @Nullable FleetCursor next) {

    public FleetPage {
        servers = List.copyOf(servers);
    }
}
