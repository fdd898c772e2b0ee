package dev.wolverine.db.postgres;

import dev.wolverine.db.model.KeyRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Keys as rows. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}. */
public final class KeyStore {

    private final DataSource writer;

    public KeyStore(DataSource writer) {
        this.writer = writer;
    }

    /** The key with this id, live or not. */
    public Optional<KeyRecord> find(String keyId) {
        throw new UnsupportedOperationException("" + writer + keyId);
    }

    public void insert(KeyRecord key) {
        throw new UnsupportedOperationException("" + key);
    }

    /** All keys of an organisation, newest first. */
    public List<KeyRecord> list(UUID organisationId) {
        throw new UnsupportedOperationException("" + organisationId);
    }

    /** Ends a key; false if the organisation has none with this id, or it was revoked before. */
    public boolean revoke(UUID organisationId, String keyId, Instant at) {
        throw new UnsupportedOperationException("" + keyId);
    }
}
