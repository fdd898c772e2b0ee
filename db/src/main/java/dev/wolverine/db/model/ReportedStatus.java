package dev.wolverine.db.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client says of itself. The code is what the database stores and never changes. */
public enum ReportedStatus {
    ABSENT(0),
    HEALTHY(1),
    DEGRADED(2),
    DOWN(3),
    OTHER(9);

    private final short code;
    private final String label;

    ReportedStatus(int code) {
        this.code = (short) code;
        label = name().toLowerCase(Locale.ROOT);
    }

    /** In lower case. */
    public String label() {
        return label;
    }

    public short code() {
        return code;
    }

    public static ReportedStatus ofCode(int code) {
        return switch (code) {
            case 0 -> ABSENT;
            case 1 -> HEALTHY;
            case 2 -> DEGRADED;
            case 3 -> DOWN;
            default -> OTHER;
        };
    }

    /**
     * Reads the client's word, in any case; null is {@link #ABSENT}, an unknown word {@link
     * #OTHER}.
     */
    public static ReportedStatus ofWord(@Nullable String word) {
        if (word == null) {
            return ABSENT;
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "healthy", "ok", "up" -> HEALTHY;
            case "degraded", "unhealthy" -> DEGRADED;
            case "down", "crashed" -> DOWN;
            default -> OTHER;
        };
    }
}
