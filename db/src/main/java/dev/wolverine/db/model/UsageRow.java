package dev.wolverine.db.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was used under one key of a dimension over a time.
 *
 * @param time begin of the time; null: all of what was asked for
 * @param category where the dimension is model and category, else empty
 * @param estimated whether a part was spread over a silence
 */
public record UsageRow(
        @Nullable Instant time,
        String key,
        String category,
        long inputTokens,
        long outputTokens,
        long tokens,
        long calls,
        long costMicros,
        long cacheSavingsMicros,
        long successes,
        long failures,
        boolean estimated) {}
