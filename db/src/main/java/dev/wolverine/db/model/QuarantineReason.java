package dev.wolverine.db.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why an authenticated body was kept aside instead of stored: closed, and the tag of the metric.
 */
public enum QuarantineReason {
    NOT_AN_OBJECT,
    MISSING_INSTANCE_ID,
    INVALID_INSTANCE_ID,
    MISSING_TIMESTAMP,
    INVALID_TIMESTAMP,
    FUTURE_TIMESTAMP,
    TOO_OLD,
    TOO_DEEP,
    TOO_LARGE,
    DUPLICATE_KEY,
    CONFLICT,
    UNSTORABLE,
    /** Of an answer alone: the quarantine had no room, and nothing was kept. */
    QUARANTINE_FULL;

    /** The word used in answers, in the database and as the metric's tag: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The reason with this {@link #label()}. */
    public static Optional<QuarantineReason> ofLabel(String label) {
        return Arrays.stream(values()).filter(reason -> reason.label().equals(label)).findFirst();
    }
}
