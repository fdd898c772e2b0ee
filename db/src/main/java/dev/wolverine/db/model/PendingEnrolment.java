package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An instance that waits for a person's word.
 *
 * @param address that asked, and that alone will get the key
 * @param tries how often it asked
 * @param approved null: nobody has decided
 * @param knownSince when the organisation first had a heartbeat of this instance id; null: it never
 *     had. A known instance that asks again has lost its key, or is somebody else
 */
public record PendingEnrolment(
        UUID id,
        String instanceId,
        @Nullable String name,
        String address,
        Instant firstSeen,
        Instant lastSeen,
        long tries,
        @Nullable Boolean approved,
        @Nullable Instant knownSince) {}
