package dev.wolverine.web.cli;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.OrganisationStore;
import dev.wolverine.db.redis.KeyBus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.List;

/** The servers of a platform that runs, for commands that work beside it. */
final class RunningPlatform implements AutoCloseable {

    private final PlatformState state;
    private final Database database;

    RunningPlatform(DataDirectoryOption data) {
        state = data.requireState();
        DatabaseUrl url = DatabaseUrl.parse(state.database());
        database =
                new Database(
                        DatabaseConfig.of(
                                url.url(), url.user().orElseThrow(), url.password().orElseThrow()));
    }

    Database database() {
        return database;
    }

    /** Where it answers, without a slash at the end. */
    String http() {
        return state.http();
    }

    /** All of them, oldest first. */
    List<Organisation> organisations() {
        return new OrganisationStore(database.writer()).list();
    }

    Organisation organisation(OrganisationOption wanted) {
        return wanted.of(organisations());
    }

    /**
     * Makes a change of a key known to the platform's processes; they find it themselves if not.
     */
    void tell(KeyChange change) {
        try (KeyBus bus = bus()) {
            var unused = bus.tell(change);
        }
    }

    /** The same of sessions that have ended. */
    void tell(List<SessionEnd> ends) {
        try (KeyBus bus = bus()) {
            ends.forEach(bus::tell);
        }
    }

    private KeyBus bus() {
        return new KeyBus(URI.create(state.redis()), new SimpleMeterRegistry());
    }

    @Override
    public void close() {
        database.close();
    }
}
