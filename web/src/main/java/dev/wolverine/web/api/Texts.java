package dev.wolverine.web.api;

import dev.wolverine.web.http.Problem;
import org.jspecify.annotations.Nullable;

/** Texts that people give things: what of them can be kept. */
final class Texts {

    private static final int MAX_NAME_CHARACTERS = 128;

    private Texts() {}

    /** A name without the blanks around it; else a 400 that names the field. */
    static String name(String field, @Nullable String text) {
        String name = text == null ? "" : text.strip();
        if (name.isEmpty()
                || name.length() > MAX_NAME_CHARACTERS
                || name.codePoints().anyMatch(Texts::isUnstorable)) {
            throw Problem.badRequest(field + ": not usable (expected: 1 to 128 characters)");
        }
        return name;
    }

    /** A number within bounds; else a 400 that names the field. */
    static long number(String field, @Nullable Long value, long otherwise, long least, long most) {
        if (value == null) {
            return otherwise;
        }
        if (value < least || value > most) {
            throw Problem.badRequest(
                    field + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }

    /** Code points: a surrogate among them is a lone one. */
    static boolean isUnstorable(int codePoint) {
        return Character.isISOControl(codePoint)
                || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }
}
