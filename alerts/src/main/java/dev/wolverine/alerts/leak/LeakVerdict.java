package dev.wolverine.alerts.leak;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Whether an instance leaks memory, and why we think so.
 *
 * @param reason which look at it said so, or why none did
 * @param growth of the floor; empty without a leak
 * @param restarts of the last 24 hours, at most as many as are remembered
 * @param limitMb where the process ends; empty if not known
 * @param hoursToLimit at the present slope; empty if the limit is not known
 * @param sentence one for a person; empty without a leak
 */
public record LeakVerdict(
        Severity severity,
        Reason reason,
        Optional<Growth> growth,
        int restarts,
        OptionalInt limitMb,
        OptionalDouble hoursToLimit,
        String sentence) {

    /** In rising order. */
    public enum Severity {
        NONE,
        INFO,
        WARNING,
        CRITICAL
    }

    /** In the order in which they are looked for. */
    public enum Reason {
        NO_DATA,
        /** Restarts every few hours hide a leak: each life ends full and begins small. */
        HIDDEN_BY_RESTARTS,
        /** Over two hours, fast enough to reach the limit soon. */
        FAST,
        /** Over six hours. */
        STEADY,
        /** Over a day. */
        SLOW,
        /** Grows, but not yet for long enough. */
        GROWING,
        NO_GROWTH
    }

    /** Whether somebody should be told. */
    public boolean fires() {
        return severity.compareTo(Severity.WARNING) >= 0;
    }

    static LeakVerdict none(Reason reason, int restarts) {
        return new LeakVerdict(
                Severity.NONE,
                reason,
                Optional.empty(),
                restarts,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                "");
    }
}
