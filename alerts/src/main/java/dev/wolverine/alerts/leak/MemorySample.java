package dev.wolverine.alerts.leak;

/**
 * What one heartbeat says that matters to the search for leaks.
 *
 * @param second the client's clock, seconds since 1970 (or since any other fixed moment)
 * @param memoryMb resident set, megabytes, not negative
 * @param pid process id of the child, or {@link #ABSENT}
 * @param uptimeSeconds age of the runner, or ABSENT
 * @param version of the application or the client; empty if not known
 */
public record MemorySample(long second, int memoryMb, int pid, int uptimeSeconds, String version) {

    /** Stands for a number that the instance did not send. */
    public static final int ABSENT = -1;
}
