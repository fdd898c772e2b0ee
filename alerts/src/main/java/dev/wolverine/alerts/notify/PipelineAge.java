package dev.wolverine.alerts.notify;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How long ago a part of the platform was last seen at work.
 *
 * @param name as `newestBeat`
 * @param limit the part is well while the age is below
 * @param age empty: never, or not known
 */
public record PipelineAge(String name, Duration limit, Supplier<Optional<Duration>> age) {

    /** What was read at one moment. */
    public record Reading(String name, Duration limit, Optional<Duration> age) {
        public boolean isWell() {
            return age.filter(found -> found.compareTo(limit) < 0).isPresent();
        }
    }

    /** Blocks as the supplier does; what cannot be told is not known. */
    public Reading read() {
        try {
            return new Reading(name, limit, age.get());
        } catch (RuntimeException e) {
            return new Reading(name, limit, Optional.empty());
        }
    }
}
