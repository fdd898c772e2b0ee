package dev.wolverine.db.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One try to deliver, for the log.
 *
 * @param at when it began
 * @param status of HTTP or SMTP; null where there was no answer
 * @param detail for a person; never a secret
 */
public record DeliveryTry(
        Instant at, Duration took, Outcome outcome, @Nullable Integer status, String detail) {

    /** What became of it. */
    public enum Outcome {
        DELIVERED,
        RETRY,
        FAILED;

        /** The name in the table and in the interface: lower case. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Outcome ofLabel(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }
    }
}
