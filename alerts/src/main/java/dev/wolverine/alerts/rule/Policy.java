package dev.wolverine.alerts.rule;

import java.time.Duration;

/**
 * How strictly a rule judges.
 *
 * @param hold true for so long before it fires; zero: at once
 * @param keepFiring false for so long before it is resolved
 * @param least of the last {@code of} evaluations have to be true
 * @param of at most 20
 * @param noData what becomes of it while nobody can tell
 */
public record Policy(Duration hold, Duration keepFiring, int least, int of, NoData noData) {

    /** What missing data means. */
    public enum NoData {
        /** Nothing: what was, is held. */
        HOLD,
        /** That all is well. */
        RESOLVE
    }

    public static final Policy AT_ONCE =
            new Policy(Duration.ZERO, Duration.ZERO, 1, 1, NoData.HOLD);
}
