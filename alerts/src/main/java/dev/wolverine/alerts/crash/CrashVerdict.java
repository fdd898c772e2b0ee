package dev.wolverine.alerts.crash;

/**
 * Whether an instance is in a loop, and why we think so.
 *
 * @param restarts that count, in the window that decided
 * @param medianLifeSeconds of the lives that those restarts ended; 0 if there are none
 * @param sentence for a person; empty if nothing is wrong
 */
public record CrashVerdict(
        Severity severity, Reason reason, int restarts, long medianLifeSeconds, String sentence) {

    /** In rising order. */
    public enum Severity {
        NONE,
        WARNING,
        CRITICAL
    }

    /** Which rule decided. */
    public enum Reason {
        /** Several restarts within minutes. */
        FAST_LOOP,
        /** Restarts further and further apart, as supervisors wait longer and longer. */
        BACK_OFF_LOOP,
        /** Restarts all through the hours. */
        SLOW_LOOP,
        /** Has been in a loop, and has not lived long enough since. */
        RECOVERING,
        /** Restarts that belong to a deploy or a maintenance window. */
        EXPECTED,
        QUIET
    }

    public boolean fires() {
        return severity != Severity.NONE;
    }
}
