package dev.wolverine.db;

import java.time.Instant;
import java.util.List;

/**
 * What one group commit made durable.
 *
 * @param results of each entry, in the order in which they were given
 * @param heartbeats how many were new
 * @param conflictsDropped losers of conflicts that a full quarantine did not keep
 * @param servers surrogate ids of the servers that had new beats, ascending
 */
public record CommittedBatch(
        List<AppendResult> results,
        int heartbeats,
        int conflictsDropped,
        List<Integer> servers,
        Instant committedAt) {
    public CommittedBatch {
        results = List.copyOf(results);
        servers = List.copyOf(servers);
    }
}
