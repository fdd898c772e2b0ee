package dev.wolverine.db;

/** What a durable entry turned out to be. */
public enum AppendResult {
    /** A new heartbeat. */
    STORED,
    /** Stored before, field by field the same. */
    DUPLICATE,
    /** Another beat of the same instance and time is there: one of the two is in quarantine. */
    CONFLICT,
    /** Kept in quarantine, as asked for. */
    QUARANTINED,
    /**
     * Not kept: the organisation's quarantine is full. The one exception to the promise of an
     * acknowledgement, because a client that is refused for ever sends for ever.
     */
    QUARANTINE_FULL
}
