package dev.wolverine.db;

import dev.wolverine.db.model.LatestBeat;
import dev.wolverine.db.model.StoredBeats;
import java.time.Instant;
import java.util.List;

/**
 * What one group commit made durable.
 *
 * @param results of each entry, in the order in which they were given
 * @param heartbeats how many were new
 * @param conflictsDropped losers of conflicts that a full quarantine did not keep
 * @param latest the newest of the changed beats of each server
 * @param stored all changed beats, in the order of `latest`
 * @param transaction its id, as in `commits`; 0 if no beat was new
 */
public record CommittedBatch(
        List<AppendResult> results,
        int heartbeats,
        int conflictsDropped,
        List<LatestBeat> latest,
        List<StoredBeats> stored,
        long transaction,
        Instant committedAt) {
    public CommittedBatch {
        results = List.copyOf(results);
        latest = List.copyOf(latest);
        stored = List.copyOf(stored);
    }
}
