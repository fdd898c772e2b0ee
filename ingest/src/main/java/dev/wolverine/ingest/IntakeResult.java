package dev.wolverine.ingest;

import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Role;
import java.time.Duration;
import java.util.Locale;

/** What became of one heartbeat. Each protocol edge maps it to its own words in one place. */
public sealed interface IntakeResult {

    /** Durable; {@code duplicate} if it already was. HTTP 200. */
    record Stored(boolean duplicate) implements IntakeResult {}

    /**
     * Can never be stored as a heartbeat, and is durable in quarantine, unless the reason is that
     * this is full. HTTP 202.
     */
    record Quarantined(QuarantineReason reason) implements IntakeResult {}

    /** Not JSON, or not protobuf: nothing was kept. HTTP 400. */
    record Malformed(String message) implements IntakeResult {}

    /** Not now: nothing was kept for sure, and the same beat is welcome later. HTTP 429 or 503. */
    record Refused(Cause cause, Duration retryAfter) implements IntakeResult {}

    /** The principal may not write heartbeats. HTTP 403. */
    record Forbidden(String message) implements IntakeResult {

        /** Of a key whose role is another than ingest. */
        public static Forbidden to(Role role) {
            return new Forbidden(
                    "a key with the role "
                            + role.label()
                            + " may not write heartbeats (expected: ingest)");
        }
    }

    /** Why a beat is refused for now: the metric's tag. */
    enum Cause {
        RATE_LIMITED,
        OVERLOADED,
        STORAGE_UNAVAILABLE;

        /** Lower case. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
