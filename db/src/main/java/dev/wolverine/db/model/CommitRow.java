package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;

/**
 * Word of one group commit.
 *
 * @param transaction its id, increasing
 * @param serverIds surrogate ids of the servers that had new beats
 * @param firstTimestamp earliest client time of the new beats
 */
public record CommitRow(
        long transaction, List<Integer> serverIds, Instant firstTimestamp, Instant committedAt) {
    public CommitRow {
        serverIds = List.copyOf(serverIds);
    }
}
