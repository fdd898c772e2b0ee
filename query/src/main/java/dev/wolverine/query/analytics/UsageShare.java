package dev.wolverine.query.analytics;

import dev.wolverine.db.reader.UsageAmounts;
import java.util.OptionalDouble;

/**
 * What one key of a breakdown stands for.
 *
 * @param key a server's instance id, or a model, for instance
 * @param key2 of the second grouping; empty if there is only one
 * @param previousCostMicros in the period before
 * @param share of the whole cost, 0 to 1; empty if that is zero
 */
public record UsageShare(
        String key,
        String key2,
        UsageAmounts amounts,
        long previousCostMicros,
        OptionalDouble share) {

    /** How the cost changed against the period before, as a part of it; empty if that was zero. */
    public OptionalDouble change() {
        return previousCostMicros == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        (double) (amounts.costMicros() - previousCostMicros) / previousCostMicros);
    }
}
