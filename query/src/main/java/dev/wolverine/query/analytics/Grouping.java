package dev.wolverine.query.analytics;

import dev.wolverine.db.ledger.UsageDimension;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What cost is broken down by. */
public enum Grouping {
    SERVER(UsageDimension.TOTAL),
    MODEL(UsageDimension.MODEL),
    CATEGORY(UsageDimension.CATEGORY),
    PROVIDER(UsageDimension.PROVIDER),
    TOOL(UsageDimension.TOOL);

    private final UsageDimension dimension;

    Grouping(UsageDimension dimension) {
        this.dimension = dimension;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Grouping> ofLabel(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }

    UsageDimension dimension() {
        return dimension;
    }
}
