package dev.wolverine.db.model;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in an organisation, for those who watch.
 *
 * @param id increasing over all organisations
 * @param sequence of the organisation: from 1, without gaps, the same in every process
 * @param instanceId of the server that it is about; null: of no single one
 * @param at when it happened
 * @param content a JSON object
 */
public record LiveEvent(
        long id,
        UUID organisationId,
        long sequence,
        Kind kind,
        @Nullable String instanceId,
        Instant at,
        String content) {

    /** What it is about. */
    public enum Kind {
        ALERT,
        REPAIR,
        AUDIT;

        /** The word in storage and in messages: lower case. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Kind> ofLabel(String label) {
            return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst();
        }
    }
}
