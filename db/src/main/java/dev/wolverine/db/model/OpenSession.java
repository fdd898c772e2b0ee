package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;

/**
 * A session as its owner sees it.
 *
 * @param lastUsedAt to within a minute
 */
public record OpenSession(
        UUID id,
        byte[] tokenHash,
        Instant createdAt,
        Instant lastUsedAt,
        Instant expiresAt,
        LoginOrigin origin) {}
