package dev.wolverine.bench.fleet;

/** What becomes of a simulated instance. */
public enum Kind {
    /** Healthy: memory as a line. */
    FLAT,
    /** Healthy: garbage collection draws saw teeth. */
    SAW_TOOTH,
    /** Healthy: busy by day, idle by night. */
    DIURNAL,
    /** Healthy: a cache fills, then stays. */
    CACHE_FILL,
    /** Healthy: a new version is deployed now and then, and needs a little more or less. */
    DEPLOYED,
    /** Leaks the same amount every hour, until it is killed at its limit. */
    LINEAR_LEAK,
    /** Leaks in steps. */
    STAIRCASE_LEAK,
    /** Leaks fast, and is restarted by its own runner at 512 MB before anybody notices. */
    MASKED_LEAK,
    /** The child dies within minutes, again and again; the runner lives on. */
    CRASH_LOOP,
    /** Healthy, but cut off from the platform now and then: replays its queue afterwards. */
    OFFLINE,
    /** Spends more on models from hour to hour. */
    EXPENSIVE,
    /** Repairs itself again and again without success. */
    FAILING_REPAIRS,
    /** Healthy, with a client of version 0.1. */
    CLIENT_0_1,
    /** Healthy, with a client of version 1.6. */
    CLIENT_1_6,
    /** Healthy, with the flat payload of clients before 1.1. */
    CLIENT_LEAN
}
