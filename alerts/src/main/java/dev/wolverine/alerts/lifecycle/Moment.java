package dev.wolverine.alerts.lifecycle;

import java.time.Duration;
import java.time.Instant;

/**
 * When something is judged.
 *
 * @param at by the clock, for people: to be shown, and for what people set an end to
 * @param ran milliseconds that were judged, ever: what durations are measured in. It stands still
 *     while the platform is away, and no clock that jumps moves it.
 */
public record Moment(Instant at, long ran) {

    boolean isPast(long since, Duration duration) {
        return ran - since >= duration.toMillis();
    }
}
