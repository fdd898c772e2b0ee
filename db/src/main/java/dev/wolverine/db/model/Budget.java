package dev.wolverine.db.model;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What may be spent in each period.
 *
 * @param selector the tag, instance id or name that the scope is of; empty for the organisation
 * @param zone in which its periods begin
 * @param limitMicros micro-dollars; zero is a limit too
 * @param thresholds percent of the limit that are told, ascending
 * @param forecast whether to tell that the limit will be exceeded
 */
public record Budget(
        UUID id,
        UUID organisationId,
        String name,
        Scope scope,
        String selector,
        Cycle cycle,
        ZoneId zone,
        long limitMicros,
        List<Integer> thresholds,
        boolean forecast,
        Instant createdAt,
        String createdBy) {

    /** The thresholds of who names none. */
    public static final List<Integer> DEFAULT_THRESHOLDS = List.of(50, 80, 100);

    public Budget {
        thresholds = List.copyOf(thresholds);
    }

    /** Whose spending counts. */
    public enum Scope {
        ORGANISATION,
        TAG,
        SERVER,
        MODEL,
        PROVIDER,
        CATEGORY;

        /** As it is stored: lower case. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Scope> ofLabel(String label) {
            return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
        }
    }

    /** For how long the limit holds. */
    public enum Cycle {
        HOUR,
        DAY,
        WEEK,
        MONTH;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Cycle> ofLabel(String label) {
            return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
        }
    }
}
