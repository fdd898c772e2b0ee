package dev.wolverine.alerts.detect;

import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.StoredBeats;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process stored, until its word is found among the commits: it need not be read back.
 * Bounded: what is dropped is merely read. Thread-safe.
 */
final class OwnBeats {

    private static final int MAX_BEATS = 40_000;

    private record Kept(List<StoredBeats> stored, int beats) {}

    private final TreeMap<Long, Kept> byTransaction = new TreeMap<>();
    private int beats;

    synchronized void add(CommittedBatch batch) {
        if (batch.stored().isEmpty() || batch.heartbeats() > MAX_BEATS) {
            return;
        }
        int count = batch.stored().stream().mapToInt(server -> server.beats().size()).sum();
        byTransaction.put(batch.transaction(), new Kept(batch.stored(), count));
        beats += count;
        while (beats > MAX_BEATS) {
            beats -= byTransaction.pollFirstEntry().getValue().beats();
        }
    }

    /** What a transaction stored, if it was one of this process; once. */
    synchronized @Nullable List<StoredBeats> take(long transaction) {
        Kept kept = byTransaction.remove(transaction);
        if (kept == null) {
            return null;
        }
        beats -= kept.beats();
        return kept.stored();
    }

    /** Nobody will ask for transactions before this one. */
    synchronized void dropBefore(long transaction) {
        while (!byTransaction.isEmpty() && byTransaction.firstKey() < transaction) {
            beats -= byTransaction.pollFirstEntry().getValue().beats();
        }
    }
}
