package dev.wolverine.db.model;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The slow part of a heartbeat: what stays the same while an instance is idle. Null is "not sent".
 * Money is micro-dollars, counters are cumulative as the client sends them, and the fields whose
 * names end in {@code Milli} carry a fraction: thousandths of their unit.
 *
 * @param usage breakdowns, ordered by dimension and keys
 * @param unknown JSON pointer to JSON text: what no field is made for, kept as it came
 */
public record Snapshot(
        @Nullable String version,
        @Nullable String name,
        @Nullable Long port,
        @Nullable String statusWord,
        @Nullable Long totalRoutes,
        @Nullable String slowestPath,
        Repairs repairs,
        Totals totals,
        List<UsageEntry> usage,
        @Nullable Long memories,
        SortedMap<String, Long> memoryNamespaces,
        Backups backups,
        List<String> alertsJson,
        SortedMap<String, String> unknown) {

    public Snapshot {
        usage = List.copyOf(usage);
        memoryNamespaces = java.util.Collections.unmodifiableSortedMap(memoryNamespaces);
        alertsJson = List.copyOf(alertsJson);
        unknown = java.util.Collections.unmodifiableSortedMap(unknown);
    }

    /** Cumulative repairs. {@code successRateMilli} is thousandths of a percent. */
    public record Repairs(
            @Nullable Long total,
            @Nullable Long successes,
            @Nullable Long failures,
            @Nullable Long successRateMilli,
            @Nullable Long costMicros,
            @Nullable Long tokens,
            @Nullable Long averageTokensMilli,
            @Nullable LastRepair last) {
        public static final Repairs NONE =
                new Repairs(null, null, null, null, null, null, null, null);
    }

    /** The newest repair, where the client tells. */
    public record LastRepair(
            @Nullable String error,
            @Nullable String resolution,
            @Nullable Long tokens,
            @Nullable Long costMicros,
            @Nullable String mode,
            @Nullable Boolean success,
            @Nullable Long timestampMillis,
            @Nullable String model,
            @Nullable Long durationMilli) {}

    /**
     * Cumulative usage of the whole instance. Tokens leave cache tokens out; cost includes them.
     */
    public record Totals(
            @Nullable Long tokens,
            @Nullable Long calls,
            @Nullable Long costMicros,
            @Nullable Long cacheSavingsMicros) {
        public static final Totals NONE = new Totals(null, null, null, null);
    }

    public record Backups(
            @Nullable Long total,
            @Nullable Long stable,
            @Nullable Long verified,
            @Nullable Long unstable) {
        public static final Backups NONE = new Backups(null, null, null, null);
    }

    /** How usage is broken down. The code is what snapshots store and never changes. */
    public enum Dimension {
        MODEL(1),
        CATEGORY(2),
        TOOL(3),
        PROVIDER(4),
        MODEL_CATEGORY(5);

        private final int code;

        Dimension(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /**
     * One counter of one breakdown, with its field as the client names it. The ordinal is stored:
     * only append.
     */
    public enum Counter {
        INPUT("input", Unit.COUNT),
        OUTPUT("output", Unit.COUNT),
        TOTAL("total", Unit.COUNT),
        CALLS("calls", Unit.COUNT),
        COST("cost", Unit.DOLLARS),
        CACHE_CREATION("cacheCreation", Unit.COUNT),
        CACHE_READ("cacheRead", Unit.COUNT),
        CACHE_SAVINGS("cacheSavings", Unit.DOLLARS),
        SUCCESSES("successes", Unit.COUNT),
        FAILURES("failures", Unit.COUNT),
        TIMED_CALLS("timedCalls", Unit.COUNT),
        SUCCESS_RATE("successRate", Unit.MILLI),
        AVERAGE_LATENCY("avgLatencyMs", Unit.MILLI),
        MINIMUM_LATENCY("minLatencyMs", Unit.MILLI),
        MAXIMUM_LATENCY("maxLatencyMs", Unit.MILLI),
        MILLIS_PER_THOUSAND_TOKENS("msPerKToken", Unit.MILLI),
        TOKENS_PER_SECOND("tokensPerSecond", Unit.MILLI),
        OUTPUT_TOKENS_PER_SECOND("outputTokPerSecond", Unit.MILLI),
        COST_PER_CALL("costPerCall", Unit.DOLLARS);

        private static final Map<String, Counter> BY_FIELD = byField();

        private final String field;
        private final Unit unit;

        Counter(String field, Unit unit) {
            this.field = field;
            this.unit = unit;
        }

        public String field() {
            return field;
        }

        public Unit unit() {
            return unit;
        }

        /**
         * The counter that the client calls so, or null. {@code tokens} is the older name of {@code
         * total}.
         */
        public static @Nullable Counter ofField(String field) {
            return BY_FIELD.get(field);
        }

        private static Map<String, Counter> byField() {
            var counters = new java.util.HashMap<String, Counter>();
            for (Counter counter : values()) {
                counters.put(counter.field, counter);
            }
            counters.put("tokens", TOTAL);
            return Map.copyOf(counters);
        }
    }

    /** What the stored integer of a {@link Counter} counts. */
    public enum Unit {
        COUNT,
        /** Sent as dollars, stored as micro-dollars. */
        DOLLARS,
        /** Sent with a fraction, stored as thousandths. */
        MILLI
    }

    /**
     * Counters of one key of one dimension.
     *
     * @param key the model, category, tool or provider; of {@link Dimension#MODEL_CATEGORY} the
     *     model
     * @param category of {@link Dimension#MODEL_CATEGORY}, else empty
     * @param present bit {@code 1 << counter.ordinal()} says whether the counter was sent
     * @param values by ordinal of {@link Counter}; what is not present is 0
     */
    public record UsageEntry(
            Dimension dimension, String key, String category, int present, long[] values)
            implements Comparable<UsageEntry> {

        public boolean has(Counter counter) {
            return (present & (1 << counter.ordinal())) != 0;
        }

        /** The value in the counter's unit; 0 if it was not sent. */
        public long value(Counter counter) {
            return values[counter.ordinal()];
        }

        @Override
        public int compareTo(UsageEntry other) {
            int order = dimension.compareTo(other.dimension);
            if (order == 0) {
                order = key.compareTo(other.key);
            }
            return order == 0 ? category.compareTo(other.category) : order;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof UsageEntry that
                    && dimension == that.dimension
                    && present == that.present
                    && key.equals(that.key)
                    && category.equals(that.category)
                    && java.util.Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return java.util.Objects.hash(
                    dimension, key, category, present, java.util.Arrays.hashCode(values));
        }
    }
}
