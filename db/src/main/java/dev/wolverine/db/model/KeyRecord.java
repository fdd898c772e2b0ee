package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an {@link ApiKey}: never its secret.
 *
 * @param secretHash {@link ApiKey#secretHash()}
 * @param instanceId the one instance that it may write for; null: any
 */
public record KeyRecord(
        String id,
        UUID organisationId,
        ApiKey.Kind kind,
        Role role,
        String name,
        @Nullable String instanceId,
        byte[] secretHash,
        String lastFour,
        Instant createdAt,
        String createdBy,
        @Nullable Instant lastUsedAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {

    /** Whether the key is good at this time. */
    public boolean isLive(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }
}
