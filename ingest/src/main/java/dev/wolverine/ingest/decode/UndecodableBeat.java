package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.QuarantineReason;
import org.jspecify.annotations.Nullable;

/** Bytes that give no heartbeat. A value in disguise: carries no stack trace. */
public final class UndecodableBeat extends Exception {

    private static final long serialVersionUID = 1;

    private static final int MAX_MESSAGE = 500;

    private final @Nullable QuarantineReason reason;

    private UndecodableBeat(@Nullable QuarantineReason reason, String message) {
        // It may quote what the client sent, and is stored like that.
        super(CleanText.of(message, MAX_MESSAGE), null, false, false);
        this.reason = reason;
    }

    /** Not even JSON, or not protobuf. */
    static UndecodableBeat malformed(String message) {
        return new UndecodableBeat(null, message);
    }

    /** Well-formed, and yet beyond what can be stored. */
    static UndecodableBeat unacceptable(QuarantineReason reason, String message) {
        return new UndecodableBeat(reason, message);
    }

    /** Why it goes to quarantine; null if it is malformed. */
    public @Nullable QuarantineReason reason() {
        return reason;
    }
}
