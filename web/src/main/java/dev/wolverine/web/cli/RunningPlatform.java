package dev.wolverine.web.cli;

import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.redis.KeyBus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The servers of a platform that runs, for commands that work beside it. */
final class RunningPlatform implements AutoCloseable {

    private final PlatformState state;
    private final Database database;

    RunningPlatform(DataDirectoryOption data) {
        state = data.requireState();
        database = KeysCommand.database(data);
    }

    Database database() {
        return database;
    }

    /** Where it answers, without a slash at the end. */
    String http() {
        return state.http();
    }

    /** The one with this name; without one the only one there is. */
    Organisation organisation(@Nullable String name) {
        return KeysCommand.organisation(database, name);
    }

    /**
     * Makes a change of a key known to the platform's processes; they find it themselves if not.
     */
    void tell(KeyChange change) {
        try (KeyBus bus = new KeyBus(URI.create(state.redis()), new SimpleMeterRegistry())) {
            var unused = bus.tell(change);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
