package dev.wolverine.db.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What somebody did, for the audit log. Never a secret: of a key its id and last four characters,
 * of a password nothing.
 *
 * @param at our clock, whole microseconds
 * @param subject who: {@link Principal#subject()}, or `command line`
 * @param action what, as `key.create`
 * @param target to what: an id or an address
 * @param detail more, by name
 */
public record AuditEntry(
        UUID organisationId,
        Instant at,
        String subject,
        String action,
        String target,
        SortedMap<String, String> detail) {

    /** The subject of what is done with the command line, beside the database. */
    public static final String COMMAND_LINE = "command line";

    private static final int MAX_CHARACTERS = 500;

    public AuditEntry {
        detail = Collections.unmodifiableSortedMap(new TreeMap<>(detail));
    }

    /**
     * A new entry. Texts are made fit for the log: at most 500 characters each, and U+FFFD for
     * control characters and lone surrogates, which can neither be stored nor shown.
     */
    public static AuditEntry of(
            UUID organisationId,
            Instant at,
            String subject,
            String action,
            String target,
            Map<String, String> detail) {
        SortedMap<String, String> fitted = new TreeMap<>();
        detail.forEach((name, value) -> fitted.put(fit(name), fit(value)));
        return new AuditEntry(
                organisationId,
                at.truncatedTo(ChronoUnit.MICROS),
                fit(subject),
                fit(action),
                fit(target),
                fitted);
    }

    private static String fit(String text) {
        StringBuilder fitted = new StringBuilder(Math.min(text.length(), MAX_CHARACTERS));
        text.codePoints()
                .limit(MAX_CHARACTERS)
                .map(AuditEntry::storable)
                .forEach(fitted::appendCodePoint);
        return fitted.toString();
    }

    /** Code points: a surrogate among them is a lone one. */
    private static int storable(int codePoint) {
        boolean unstorable =
                Character.isISOControl(codePoint)
                        || (codePoint >= Character.MIN_SURROGATE
                                && codePoint <= Character.MAX_SURROGATE);
        return unstorable ? 0xFFFD : codePoint;
    }
}
