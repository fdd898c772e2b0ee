package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Word of one group commit.
 *
 * @param transaction its id, increasing
 * @param serverIds surrogate ids of the servers that had new beats
 * @param firstTimestamp earliest client time of the new beats
 * @param lateFrom servers whose past is another since then, and from when on
 */
public record CommitRow(
        long transaction,
        List<Integer> serverIds,
        Instant firstTimestamp,
        Map<Integer, Instant> lateFrom,
        Instant committedAt) {
    public CommitRow {
        serverIds = List.copyOf(serverIds);
        lateFrom = Map.copyOf(lateFrom);
    }
}
