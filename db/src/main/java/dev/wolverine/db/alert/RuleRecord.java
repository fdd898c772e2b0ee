package dev.wolverine.db.alert;

import java.time.Instant;
import java.util.UUID;

/**
 * A rule, as stored.
 *
 * @param kind in lower case
 * @param content JSON: parameters, selector, durations, words
 */
public record RuleRecord(
        long id,
        UUID organisationId,
        String name,
        String kind,
        int version,
        boolean enabled,
        String content,
        Instant updatedAt,
        String updatedBy) {}
