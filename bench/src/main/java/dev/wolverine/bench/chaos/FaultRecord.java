package dev.wolverine.bench.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One fault that happened, or should have.
 *
 * @param fired whether it really struck
 * @param recovery from its end (a kill ends when it strikes) to the first acknowledgement of a
 *     request that was begun later; null if none came before the next fault
 * @param note why it did not strike; else empty
 */
record FaultRecord(PlannedFault fault, boolean fired, @Nullable Duration recovery, String note) {}
