package dev.wolverine.db.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Repairs that were made between a beat and the one before it.
 *
 * @param at client time of the beat that told of them
 * @param last the newest of them, as far as the client tells
 */
public record RepairEntry(
        Instant at,
        long repairs,
        long successes,
        long failures,
        long tokens,
        long costMicros,
        Snapshot.LastRepair last) {

    /**
     * Sums over a time.
     *
     * @param durationMilli thousandths of a millisecond, mean of those that were told; null: none
     */
    public record Stats(
            long total,
            long successes,
            long failures,
            long tokens,
            long costMicros,
            @Nullable Double durationMilli) {}
}
