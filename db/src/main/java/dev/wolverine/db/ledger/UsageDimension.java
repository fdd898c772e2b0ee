package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Snapshot;

/** How usage is broken down. The code is what the database stores and never changes. */
public enum UsageDimension {
    /** The instance's own sums: one series, with an empty key. */
    TOTAL(0),
    MODEL(1),
    CATEGORY(2),
    TOOL(3),
    PROVIDER(4),
    MODEL_CATEGORY(5),
    /** The repairs: calls are repairs, successes and failures theirs; cost is part of no total. */
    REPAIRS(6);

    private final int code;

    UsageDimension(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /**
     * The dimension with this code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static UsageDimension ofCode(int code) {
        for (UsageDimension dimension : values()) {
            if (dimension.code == code) {
                return dimension;
            }
        }
        throw new IllegalArgumentException("usage dimension: " + code + " (expected: 0 to 6)");
    }

    static UsageDimension of(Snapshot.Dimension dimension) {
        return switch (dimension) {
            case MODEL -> MODEL;
            case CATEGORY -> CATEGORY;
            case TOOL -> TOOL;
            case PROVIDER -> PROVIDER;
            case MODEL_CATEGORY -> MODEL_CATEGORY;
        };
    }
}
