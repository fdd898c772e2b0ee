package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an {@link ApiKey}: never its secret.
 *
 * @param secretHash {@link ApiKey#secretHash()}
 * @param instanceId the one instance that it may write for; null: any
 * @param replaces the key that it was rotated from; null: none
 * @param enrolledBy the id of the enrolment token that its instance came with, or {@link #PAIRING};
 *     null: a person made it
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
        @Nullable Instant revokedAt,
        @Nullable String replaces,
        @Nullable String enrolledBy) {

    /** What {@link #enrolledBy} says of a key that a pairing window led to. */
    public static final String PAIRING = "pairing";

    /** A new key that a person makes. */
    public static KeyRecord made(
            ApiKey key,
            UUID organisationId,
            Role role,
            String name,
            @Nullable String instanceId,
            Instant createdAt,
            String createdBy,
            @Nullable Instant expiresAt) {
        return new KeyRecord(
                key.id(),
                organisationId,
                key.kind(),
                role,
                name,
                instanceId,
                key.secretHash(),
                key.lastFour(),
                createdAt,
                createdBy,
                null,
                expiresAt,
                null,
                null,
                null);
    }

    /** Whether the key is good at this time. */
    public boolean isLive(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }
}
