package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.detect.Detectors;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.postgres.SelectCommits;
import java.time.Instant;
import java.util.List;

/** What detectors remember, as the engine drives it. For the engine's thread, but for committed. */
public interface Memory extends Detectors {

    /** This process stored a batch. Returns at once; thread-safe. */
    void committed(CommittedBatch batch);

    /**
     * Becomes what is stored now; called before anything else, and again whenever this process
     * begins to lead.
     */
    void open(Instant now);

    /** Takes the commits that follow, each once, and word that there were none. */
    void take(SelectCommits.Page page, Instant now);

    /**
     * What it would like to have stored with the next batch.
     *
     * @param cursor commits before this one are in it
     */
    List<DetectorState> toStore(long cursor, Instant now);

    /** That was stored. */
    void stored(List<DetectorState> states, Instant now);
}
