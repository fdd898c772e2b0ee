package dev.wolverine.db.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A channel as it is stored.
 *
 * @param settings JSON: what of it may be shown
 * @param secret what may not, sealed; null where there is none
 * @param minSeverity less bad is not told: 0 info to 3 critical
 * @param disabledBecause null unless the platform has disabled it
 */
public record ChannelRecord(
        UUID id,
        UUID organisationId,
        String name,
        ChannelKind kind,
        String settings,
        byte @Nullable [] secret,
        int minSeverity,
        boolean enabled,
        @Nullable String disabledBecause,
        Instant createdAt,
        String createdBy) {

    /** Without the secret, sealed as it is. */
    @Override
    public String toString() {
        return "ChannelRecord[" + id + " " + kind.label() + "]";
    }
}
