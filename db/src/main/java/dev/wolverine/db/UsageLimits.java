package dev.wolverine.db;

import dev.wolverine.db.ledger.UsageDimension;

/**
 * How many names of each kind an organisation may break its usage down by. What comes beyond is
 * booked under {@link #OTHER}: sums stay what they are.
 */
public record UsageLimits(
        int maxModels, int maxCategories, int maxTools, int maxProviders, int maxModelCategories) {

    /** The key of all that found no room. */
    public static final String OTHER = "__other__";

    public static final UsageLimits DEFAULT = new UsageLimits(500, 50, 1_000, 100, 2_000);

    public UsageLimits {
        require("usage.max-models", maxModels);
        require("usage.max-categories", maxCategories);
        require("usage.max-tools", maxTools);
        require("usage.max-providers", maxProviders);
        require("usage.max-model-categories", maxModelCategories);
    }

    public int max(UsageDimension dimension) {
        return switch (dimension) {
            case TOTAL, REPAIRS -> 1;
            case MODEL -> maxModels;
            case CATEGORY -> maxCategories;
            case TOOL -> maxTools;
            case PROVIDER -> maxProviders;
            case MODEL_CATEGORY -> maxModelCategories;
        };
    }

    private static void require(String key, int value) {
        if (value < 1 || value > 100_000) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: 1 to 100000)");
        }
    }
}
