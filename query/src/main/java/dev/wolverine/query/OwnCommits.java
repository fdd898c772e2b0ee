package dev.wolverine.query;

import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.LatestBeat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What this process committed, until its word is found among the commits: it need not be read back.
 * Bounded: what is dropped is merely read. Thread-safe.
 */
final class OwnCommits {

    private static final int MAX_BEATS = 20_000;

    private final TreeMap<Long, List<LatestBeat>> byTransaction = new TreeMap<>();
    private int beats;

    synchronized void add(CommittedBatch batch) {
        if (batch.latest().isEmpty() || batch.latest().size() > MAX_BEATS) {
            return;
        }
        byTransaction.put(batch.transaction(), batch.latest());
        beats += batch.latest().size();
        while (beats > MAX_BEATS) {
            beats -= byTransaction.pollFirstEntry().getValue().size();
        }
    }

    /** What a transaction committed, if it was one of this process; once. */
    synchronized Optional<List<LatestBeat>> take(long transaction) {
        List<LatestBeat> latest = byTransaction.remove(transaction);
        if (latest != null) {
            beats -= latest.size();
        }
        return Optional.ofNullable(latest);
    }

    /** Nobody will ask for transactions before this one. */
    synchronized void dropBefore(long transaction) {
        while (!byTransaction.isEmpty() && byTransaction.firstKey() < transaction) {
            beats -= byTransaction.pollFirstEntry().getValue().size();
        }
    }
}
