package dev.wolverine.web.cli;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.OrganisationStore;
import dev.wolverine.db.redis.KeyBus;
import dev.wolverine.web.app.StartupException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

    /** The one with this name; without one the only one there is. */
    Organisation organisation(@Nullable String name) {
        List<Organisation> all = new OrganisationStore(database.writer()).list();
        List<Organisation> wanted =
                all.stream().filter(one -> name == null || one.name().equals(name)).toList();
        if (wanted.size() == 1) {
            return wanted.getFirst();
        }
        throw new StartupException(
                "--org: "
                        + (name == null ? "missing" : name)
                        + " (expected: one of "
                        + all.stream().map(Organisation::name).collect(Collectors.joining(", "))
                        + ")");
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
