package dev.wolverine.alerts.crash;

/**
 * What one heartbeat says that matters to the search for loops.
 *
 * @param second the client's clock, seconds since 1970 (or since any other fixed moment)
 * @param pid process id of the child, or {@link #ABSENT}
 * @param uptimeSeconds age of the runner, or ABSENT
 * @param version of the application or the client; empty if not known
 * @param down whether the instance says that its child is down
 * @param repairs made since for ever, or ABSENT
 * @param successes among them, or ABSENT
 * @param costMicros spent on repairs since for ever, millionths of a dollar, or ABSENT
 */
public record InstanceSignal(
        long second,
        int pid,
        int uptimeSeconds,
        String version,
        boolean down,
        int repairs,
        int successes,
        long costMicros) {

    /** Stands for a number that the instance did not send. */
    public static final int ABSENT = -1;
}
