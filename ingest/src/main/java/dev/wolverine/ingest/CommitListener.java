package dev.wolverine.ingest;

import dev.wolverine.db.CommittedBatch;

/**
 * Told of each group commit, off the way of the acknowledgements. Called on a writer's thread: must
 * return at once.
 */
@FunctionalInterface
public interface CommitListener {
    void committed(CommittedBatch batch);
}
