package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.detect.Detectors;
import dev.wolverine.db.model.CommitRow;
import dev.wolverine.db.model.DetectorState;
import java.util.List;

/** What detectors remember, as the engine drives it. For the engine's thread alone. */
public interface Memory extends Detectors {

    /**
     * Becomes what was stored, brought up to this cursor; called before anything else, and again
     * whenever this process begins to lead.
     */
    void open(long cursor);

    /** Takes the commits that follow, in their order, each once. */
    void take(List<CommitRow> commits);

    /**
     * What it would like to have stored with the next batch.
     *
     * @param cursor commits before this one are in it
     */
    List<DetectorState> toStore(long cursor);

    /** That was stored. */
    void stored(List<DetectorState> states);
}
