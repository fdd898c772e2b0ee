package dev.wolverine.db.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Nobody is told of what matches, for a time.
 *
 * @param maintenance planned work: restarts in it are meant
 * @param matchers pattern by name; all have to match
 * @param endsAt exclusive
 */
public record Silence(
        UUID id,
        UUID organisationId,
        boolean maintenance,
        SortedMap<String, String> matchers,
        String reason,
        Instant startsAt,
        Instant endsAt,
        Instant createdAt,
        String createdBy) {

    public Silence {
        matchers = Collections.unmodifiableSortedMap(new TreeMap<>(matchers));
    }

    public boolean isActive(Instant now) {
        return !now.isBefore(startsAt) && now.isBefore(endsAt);
    }
}
