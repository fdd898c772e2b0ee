package dev.wolverine.query;

import java.util.Locale;

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
}
