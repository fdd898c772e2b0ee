package dev.wolverine.db.model;

/** What an acknowledgement stands for: a stored beat, or the bytes of one that cannot be stored. */
public sealed interface LogEntry permits Heartbeat, QuarantinedBeat {
    Identity identity();

    /**
     * Bytes held in memory while this waits, for byte budgets: an estimate that is never far too
     * low.
     */
    int sizeInMemory();
}
