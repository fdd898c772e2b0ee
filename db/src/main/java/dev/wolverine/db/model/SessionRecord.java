package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;

/**
 * A login that lasts: what is kept of it, and whose it is now.
 *
 * @param tokenHash SHA-256 of the cookie's value
 * @param csrfToken what requests that change something must repeat; never logged
 * @param role as the membership says now, not as it was at login
 * @param lastUsedAt to within a minute
 * @param expiresAt the absolute end
 */
public record SessionRecord(
        byte[] tokenHash,
        UUID organisationId,
        String organisationName,
        UUID userId,
        String email,
        Role role,
        String csrfToken,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt) {

    @Override
    public String toString() {
        return "SessionRecord[" + email + "]";
    }
}
