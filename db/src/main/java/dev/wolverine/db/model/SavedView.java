package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;

/**
 * A way to look at the fleet that somebody has kept for the organisation.
 *
 * @param name 1 to 128 characters, once in an organisation
 * @param query parameters of the fleet's list, as in its address; at most 2,000 characters
 */
public record SavedView(
        UUID id,
        String name,
        String query,
        Instant createdAt,
        String createdBy,
        Instant changedAt) {}
