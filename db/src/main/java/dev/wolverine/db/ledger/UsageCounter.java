package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of a series. The order is that of the columns of `usage`, and of the stored
 * ledgers: only append.
 */
public enum UsageCounter {
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    /** As the client sums them: without cache tokens. */
    TOKENS,
    CALLS,
    COST_MICROS,
    CACHE_CREATION_TOKENS,
    CACHE_READ_TOKENS,
    CACHE_SAVINGS_MICROS,
    SUCCESSES,
    FAILURES;

    static final int COUNT = values().length;

    /** What a counter of a snapshot is here; null for a rate, which has no increase. */
    static @Nullable UsageCounter of(Snapshot.Counter counter) {
        return switch (counter) {
            case INPUT -> INPUT_TOKENS;
            case OUTPUT -> OUTPUT_TOKENS;
            case TOTAL -> TOKENS;
            case CALLS -> CALLS;
            case COST -> COST_MICROS;
            case CACHE_CREATION -> CACHE_CREATION_TOKENS;
            case CACHE_READ -> CACHE_READ_TOKENS;
            case CACHE_SAVINGS -> CACHE_SAVINGS_MICROS;
            case SUCCESSES -> SUCCESSES;
            case FAILURES -> FAILURES;
            case TIMED_CALLS,
                    SUCCESS_RATE,
                    AVERAGE_LATENCY,
                    MINIMUM_LATENCY,
                    MAXIMUM_LATENCY,
                    MILLIS_PER_THOUSAND_TOKENS,
                    TOKENS_PER_SECOND,
                    OUTPUT_TOKENS_PER_SECOND,
                    COST_PER_CALL ->
                    null;
        };
    }
}
