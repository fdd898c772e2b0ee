package dev.wolverine.alerts.evaluation;

/** What the memory of a server does over the days. */
public enum MemoryShape {
    FLAT(false),
    SAWTOOTH(false),
    DIURNAL(false),
    CACHE_FILL(false),
    BATCH(false),
    DEPLOYS(false),
    MIXED(false),
    /** A heap that grows evenly for hours, because nothing asks for the memory, then stays. */
    LAZY_HEAP(false),
    /** Drifts up and down without a direction. */
    WANDERING(false),
    /** Crashes now and then, and warms up again. */
    RESTARTING(false),
    /** Two servers that report under one id. */
    SHARED_ID(false),
    LINEAR_LEAK(true),
    LOAD_LEAK(true),
    STAIRCASE_LEAK(true),
    MIXED_LEAK(true),
    /** Restarted whenever it reaches a limit, within hours. */
    MASKED_LEAK(true),
    /** Above 90 MB an hour: dead before long windows fill. */
    FAST_LEAK(true);

    private final boolean leaks;

    MemoryShape(boolean leaks) {
        this.leaks = leaks;
    }

    public boolean leaks() {
        return leaks;
    }
}
