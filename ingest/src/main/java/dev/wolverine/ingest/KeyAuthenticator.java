package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.KeyStore;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves bearer keys, from a cache in front of the database. Never blocks; thread-safe. A key that
 * is mistyped, unknown, expired or revoked, or of an enrolment URL, gives an empty answer; the
 * stage fails with {@link StorageException} where the key is not cached and the database is away,
 * or does not answer in time.
 */
public final class KeyAuthenticator {

    private static final Logger log = LoggerFactory.getLogger(KeyAuthenticator.class);

    private static final int MAX_CACHED = 200_000;

    /** How long a revocation made elsewhere may go unseen. */
    private static final Duration KNOWN = Duration.ofSeconds(30);

    /** Longer than any look-up that began before a key ended may take. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** Short: a key may be tried a moment before it is made. */
    private static final Duration UNKNOWN = Duration.ofSeconds(2);

    /** Clients wait 3 seconds at most, for the look-up and what follows it. */
    private static final Duration MAX_WAIT = Duration.ofMillis(1_500);

    private final KeyStore keys;
    private final Clock clock;
    private final Executor blocking;
    private final AsyncCache<String, Optional<KeyRecord>> cache =
            Caffeine.newBuilder()
                    .maximumSize(MAX_CACHED)
                    .expireAfter(
                            Expiry.<String, Optional<KeyRecord>>creating(
                                    (id, key) -> key.isPresent() ? KNOWN : UNKNOWN))
                    .buildAsync();
    private final Cache<String, Boolean> ended =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).expireAfterWrite(REMEMBERED).build();
    private final Map<String, Instant> used = new ConcurrentHashMap<>();

    /**
     * @param blocking runs look-ups
     */
    public KeyAuthenticator(KeyStore keys, Clock clock, Executor blocking) {
        this.keys = keys;
        this.clock = clock;
        this.blocking = blocking;
    }

    /** The principal behind the text after `Bearer `. */
    public CompletionStage<Optional<Principal>> authenticate(String key) {
        Optional<ApiKey> parsed = ApiKey.parse(key);
        if (parsed.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        ApiKey sent = parsed.get();
        return cache.get(sent.id(), (id, _) -> lookUp(id))
                .thenApply(
                        found -> found.filter(record -> proves(sent, record)).map(this::principal));
    }

    /** Refuses a key from now on, whatever a look-up says that began before. */
    public void end(String keyId) {
        ended.put(Principal.subjectOfKey(keyId), true);
        forget(keyId);
    }

    /** Looks a key up anew at its next use. */
    public void forget(String keyId) {
        cache.synchronous().invalidate(keyId);
    }

    /** Whether this principal's key ended within the last minute, as far as was heard here. */
    public boolean hasEnded(Principal principal) {
        return ended.getIfPresent(principal.subject()) != null;
    }

    /** Writes down when keys were last used. Blocking: for a timer. */
    public void flushUses() {
        for (Map.Entry<String, Instant> use : used.entrySet()) {
            try {
                keys.touch(use.getKey(), use.getValue());
                used.remove(use.getKey(), use.getValue());
            } catch (StorageException e) {
                log.debug("the last use of keys could not be written down", e);
                return;
            }
        }
    }

    /** A database that hangs is as good as one that is away. */
    private CompletableFuture<Optional<KeyRecord>> lookUp(String keyId) {
        return CompletableFuture.supplyAsync(() -> keys.find(keyId), blocking)
                .orTimeout(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(
                                failure instanceof TimeoutException
                                        ? new StorageException.Unavailable(
                                                "a key was not looked up in time", failure)
                                        : failure));
    }

    private boolean proves(ApiKey sent, KeyRecord record) {
        return MessageDigest.isEqual(sent.secretHash(), record.secretHash())
                && sent.kind() == record.kind()
                && sent.kind() != ApiKey.Kind.ENROLMENT
                && record.isLive(clock.instant())
                && ended.getIfPresent(Principal.subjectOfKey(record.id())) == null;
    }

    private Principal principal(KeyRecord record) {
        used.put(record.id(), clock.instant());
        return new Principal(
                record.organisationId(),
                record.role(),
                Principal.subjectOfKey(record.id()),
                record.instanceId());
    }
}
