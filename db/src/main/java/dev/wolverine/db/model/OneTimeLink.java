package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A link that works once: an invitation, or one to set a password. Its token is kept nowhere.
 *
 * @param userId whose password it sets; null: it is an invitation
 * @param email lower case
 */
public record OneTimeLink(
        UUID id,
        UUID organisationId,
        String organisationName,
        @Nullable UUID userId,
        String email,
        Role role,
        Instant createdAt,
        String createdBy,
        Instant expiresAt) {

    public boolean isInvitation() {
        return userId == null;
    }
}
