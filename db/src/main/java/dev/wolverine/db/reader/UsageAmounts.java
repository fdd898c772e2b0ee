package dev.wolverine.db.reader;

import io.vertx.sqlclient.Row;

/**
 * What was used. Money is in micro-dollars.
 *
 * @param tokens as clients sum them: input and output, without those of caches
 * @param costMicros those of cache tokens included
 * @param estimatedCostMicros at most so much of the cost is spread over a silence, so that its
 *     quarter of an hour is an estimate; the sum is not
 */
public record UsageAmounts(
        long inputTokens,
        long outputTokens,
        long tokens,
        long calls,
        long costMicros,
        long cacheCreationTokens,
        long cacheReadTokens,
        long cacheSavingsMicros,
        long successes,
        long failures,
        long estimatedCostMicros) {

    public static final UsageAmounts NONE = new UsageAmounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Of rows of fleet_usage. */
    static final String OF_FLEET = sums("sum(estimated_cost_micros)");

    /** Of rows of usage_facts. */
    static final String OF_FACTS =
            sums("coalesce(sum(cost_micros) FILTER (WHERE estimated > 0), 0)");

    private static String sums(String estimated) {
        return """
        sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
        sum(tokens)::bigint AS tokens, sum(calls)::bigint AS calls, sum(cost_micros)::bigint AS cost_micros,
        sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(cache_read_tokens)::bigint AS cache_read_tokens,
        sum(cache_savings_micros)::bigint AS cache_savings_micros, sum(successes)::bigint AS successes,
        sum(failures)::bigint AS failures,\
        """
                + " "
                + estimated
                + "::bigint AS estimated_cost_micros\n";
    }

    static UsageAmounts of(Row row) {
        return new UsageAmounts(
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("tokens"),
                row.getLong("calls"),
                row.getLong("cost_micros"),
                row.getLong("cache_creation_tokens"),
                row.getLong("cache_read_tokens"),
                row.getLong("cache_savings_micros"),
                row.getLong("successes"),
                row.getLong("failures"),
                row.getLong("estimated_cost_micros"));
    }

    /** The same with the classes of tokens of others: clients do not tell them of their totals. */
    public UsageAmounts withClassesOf(UsageAmounts others) {
        return new UsageAmounts(
                others.inputTokens,
                others.outputTokens,
                tokens,
                calls,
                costMicros,
                others.cacheCreationTokens,
                others.cacheReadTokens,
                cacheSavingsMicros,
                successes,
                failures,
                estimatedCostMicros);
    }

    public UsageAmounts plus(UsageAmounts other) {
        return new UsageAmounts(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                tokens + other.tokens,
                calls + other.calls,
                costMicros + other.costMicros,
                cacheCreationTokens + other.cacheCreationTokens,
                cacheReadTokens + other.cacheReadTokens,
                cacheSavingsMicros + other.cacheSavingsMicros,
                successes + other.successes,
                failures + other.failures,
                estimatedCostMicros + other.estimatedCostMicros);
    }
}
