package dev.wolverine.bench.chaos;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param at since the load began
 * @param length zero where it strikes once
 */
record PlannedFault(Duration at, FaultKind kind, Duration length) {

    @Override
    public String toString() {
        return "%7.1f s  %s%s"
                .formatted(
                        at.toMillis() / 1000.0,
                        kind.word(),
                        length.isZero() ? "" : " for " + length.toSeconds() + " s");
    }
}
