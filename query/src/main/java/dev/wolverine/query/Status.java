package dev.wolverine.query;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a server is, worst first: the order in which the fleet is listed. */
public enum Status {
    DOWN,
    DEGRADED,
    UNKNOWN,
    HEALTHY;

    /** The word of the API: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status of a code of the log; null if there is none. */
    static @Nullable Status ofLogged(int code) {
        return switch (code) {
            case 1 -> HEALTHY;
            case 2 -> DEGRADED;
            case 3, 4 -> DOWN;
            default -> null;
        };
    }
}
