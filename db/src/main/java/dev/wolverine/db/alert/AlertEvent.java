package dev.wolverine.db.alert;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of an alert.
 *
 * @param alertId null: not of one alert, but of what they are judged by
 * @param by null: the platform itself
 */
public record AlertEvent(
        @Nullable UUID alertId, Instant at, Change change, @Nullable String by, String note) {

    /** In lower case it is what is stored and shown. */
    public enum Change {
        PENDING,
        CLEARED,
        FIRED,
        RESOLVED,
        SEVERITY,
        ACKNOWLEDGED,
        UNACKNOWLEDGED,
        SNOOZED,
        WOKEN,
        SILENCED,
        UNSILENCED,
        INHIBITED,
        RELEASED,
        FLAPPING,
        CALM,
        NO_DATA,
        DATA,
        PLATFORM_DEGRADED,
        PLATFORM_WELL,
        NOTE,
        TOLD,
        RULES_CHANGED,
        SILENCES_CHANGED
    }

    public static AlertEvent of(AlertRecord alert, Instant at, Change change, String note) {
        return new AlertEvent(alert.id(), at, change, null, note);
    }

    public static AlertEvent by(
            AlertRecord alert, Instant at, Change change, String by, String note) {
        return new AlertEvent(alert.id(), at, change, by, note);
    }
}
