package dev.wolverine.ingest;

import dev.wolverine.db.model.Principal;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Proves bearer keys, from a cache in front of the database. Never blocks; thread-safe. A key that
 * is mistyped, unknown, expired or revoked gives an empty answer; the stage fails with {@link
 * dev.wolverine.db.StorageException} where the key is not cached and the database is away.
 */
public final class KeyAuthenticator {

    /** The principal behind the text after `Bearer `. */
    public CompletionStage<Optional<Principal>> authenticate(String key) {
        throw new UnsupportedOperationException("" + key.length());
    }

    /** Forgets a key at once, after it was revoked here. */
    public void forget(String keyId) {
        throw new UnsupportedOperationException(keyId);
    }
}
