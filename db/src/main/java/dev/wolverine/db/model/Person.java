package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may log in to an organisation.
 *
 * @param lastLoginAt null: never
 * @param disabledAt null: may log in
 */
public record Person(
        UUID id,
        String email,
        Role role,
        Instant createdAt,
        @Nullable Instant lastLoginAt,
        @Nullable Instant disabledAt) {}
