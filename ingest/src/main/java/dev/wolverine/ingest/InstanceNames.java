package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.ingest.decode.DecodedBeat;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose a beat is that says its name and port but not its id: the one instance of the organisation
 * that calls itself so, from a cache in front of the database.
 *
 * <p>Never blocks; thread-safe. The stage fails where the database does not answer in time. A
 * second instance of the same name and port is noticed within a minute.
 */
public final class InstanceNames {

    private static final int MAX_CACHED = 50_000;
    private static final Duration FOUND = Duration.ofMinutes(1);

    /** Short: the beat that names the instance may have come a moment ago. */
    private static final Duration NOT_FOUND = Duration.ofSeconds(2);

    private static final NameMatch UNKNOWN =
            new NameMatch.None("no instance is known by its name and port");

    private static final long MAX_WAIT_MILLIS = 1_500;

    private final SelectInstancesByName select;
    private final Executor blocking;
    private final AsyncCache<Name, NameMatch> cache;

    /**
     * @param blocking runs look-ups
     * @param nanoTime {@link System#nanoTime()}, or a test's
     */
    public InstanceNames(SelectInstancesByName select, Executor blocking, LongSupplier nanoTime) {
        this.select = select;
        this.blocking = blocking;
        cache =
                Caffeine.newBuilder()
                        .maximumSize(MAX_CACHED)
                        .ticker(nanoTime::getAsLong)
                        .expireAfter(
                                Expiry.<Name, NameMatch>creating(
                                        (_, match) -> match == UNKNOWN ? NOT_FOUND : FOUND))
                        .buildAsync();
    }

    /** The instance that calls itself what the beat does. */
    CompletionStage<NameMatch> find(UUID organisationId, DecodedBeat beat) {
        String name = beat.name();
        if (name == null) {
            return CompletableFuture.completedStage(
                    new NameMatch.None("there is no name to match it by"));
        }
        return cache.get(new Name(organisationId, name, beat.port()), (key, _) -> lookUp(key));
    }

    private CompletableFuture<NameMatch> lookUp(Name name) {
        return CompletableFuture.supplyAsync(
                        () -> match(select.execute(name.organisationId, name.name, name.port)),
                        blocking)
                .orTimeout(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static NameMatch match(List<String> ids) {
        return switch (ids.size()) {
            case 0 -> UNKNOWN;
            case 1 -> new NameMatch.One(ids.getFirst());
            default -> new NameMatch.None("several instances have its name and port");
        };
    }

    private record Name(UUID organisationId, String name, @Nullable Integer port) {}
}
