package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.db.postgres.LiveEventStore;
import java.util.List;

/**
 * Where events come from: one order for every process. Blocking; fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public interface EventFeed {

    /** Everything that is kept. */
    LiveEventStore.Start start();

    /** The next events behind an id, oldest first; empty: none yet. */
    List<LiveEvent> after(long id);

    /** In which numbers mean the same: another one than before means to begin anew. */
    String epoch();

    /** What has to be done now and then. */
    void tidy();
}
