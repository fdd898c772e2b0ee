package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.db.postgres.LiveEventStore;
import java.util.List;

/** Events from the database: whoever reads also publishes, unless another process is about it. */
public record PostgresEventFeed(LiveEventStore store) implements EventFeed {

    @Override
    public LiveEventStore.Start start() {
        return store.start();
    }

    @Override
    public List<LiveEvent> after(long id) {
        store.publish();
        return store.after(id);
    }

    @Override
    public String epoch() {
        return store.epoch();
    }

    @Override
    public void tidy() {
        store.deleteOld();
    }
}
