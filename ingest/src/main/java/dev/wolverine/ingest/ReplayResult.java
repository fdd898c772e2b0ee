package dev.wolverine.ingest;

import dev.wolverine.db.model.QuarantineReason;
import java.time.Duration;

/** What became of a body from quarantine that was sent once more. */
public sealed interface ReplayResult {

    /** Durable as a heartbeat; {@code duplicate} if it already was. */
    record Stored(boolean duplicate) implements ReplayResult {}

    /** Still cannot be stored, and why. */
    record Unacceptable(QuarantineReason reason, String detail) implements ReplayResult {}

    /** Not now. */
    record Refused(IntakeResult.Cause cause, Duration retryAfter) implements ReplayResult {}
}
