package dev.wolverine.query.analytics;

import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.reader.SelectFleetUsage;
import dev.wolverine.db.reader.SelectServerUsage;
import dev.wolverine.db.reader.UsageAmounts;
import dev.wolverine.db.reader.UsageGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks what was used, broken down and over time, from rollups alone. Thread-safe. */
public final class CostQuery {

    /** Lines of a series; what comes beyond is one. */
    private static final int MAX_KEYS = 20;

    private final SelectFleetUsage fleet;
    private final SelectServerUsage servers;

    public CostQuery(SelectFleetUsage fleet, SelectServerUsage servers) {
        this.fleet = fleet;
        this.servers = servers;
    }

    /**
     * Broken down by one or two groupings.
     *
     * @param by2 null: by one only
     * @param instanceId null: of every server
     * @param limit the most groups
     * @throws IllegalArgumentException if clients do not tell the two beside each other: a server
     *     with any other, or model and category
     */
    public CompletionStage<CostReport> breakdown(
            UUID organisationId,
            Period period,
            Grouping by,
            @Nullable Grouping by2,
            @Nullable String instanceId,
            int limit) {
        UsageDimension dimension = dimension(by, by2);
        boolean ofServers = by == Grouping.SERVER || by2 == Grouping.SERVER || instanceId != null;
        List<Instant> edges = List.of(period.previous().from(), period.from(), period.to());
        Set<UsageDimension> dimensions = EnumSet.of(UsageDimension.TOTAL, dimension);
        return select(organisationId, ofServers, instanceId, dimensions, edges)
                .thenApply(groups -> report(period, groups, dimension, by, by2, limit));
    }

    /**
     * What was used in each step of a period.
     *
     * @param by null: the whole
     * @throws IllegalArgumentException if that makes more than {@link Period#MAX_POINTS}
     */
    public CompletionStage<UsageSeries> series(
            UUID organisationId,
            Period period,
            Step step,
            @Nullable Grouping by,
            @Nullable String instanceId) {
        List<Instant> edges = period.edges(step);
        UsageDimension dimension = by == null ? UsageDimension.TOTAL : by.dimension();
        boolean ofServers = by == Grouping.SERVER || instanceId != null;
        return select(organisationId, ofServers, instanceId, EnumSet.of(dimension), edges)
                .thenApply(groups -> new UsageSeries(period, edges, points(groups, edges, by)));
    }

    /** Of the most expensive keys, each; of all others together. */
    private static List<UsageSeries.Point> points(
            List<UsageGroup> groups, List<Instant> edges, @Nullable Grouping by) {
        Map<String, Long> costs = new HashMap<>();
        groups.forEach(
                group -> costs.merge(key(group, by), group.amounts().costMicros(), Long::sum));
        Set<String> shown =
                costs.entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Long>comparingByValue()
                                        .reversed()
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(MAX_KEYS)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        Map<Place, UsageAmounts> points = new TreeMap<>();
        for (UsageGroup group : groups) {
            String key = key(group, by);
            points.merge(
                    new Place(group.slot(), shown.contains(key) ? key : UsageLimits.OTHER),
                    group.amounts(),
                    UsageAmounts::plus);
        }
        List<UsageSeries.Point> list = new ArrayList<>();
        points.forEach((place, amounts) ->
                list.add(new UsageSeries.Point(edges.get(place.slot), place.key, amounts)));
        return list;
    }

    private record Place(int slot, String key) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = Integer.compare(slot, other.slot);
            return order == 0 ? key.compareTo(other.key) : order;
        }
    }

    private CompletionStage<List<UsageGroup>> select(
            UUID organisationId,
            boolean ofServers,
            @Nullable String instanceId,
            Set<UsageDimension> dimensions,
            List<Instant> edges) {
        return ofServers
                ? servers.execute(organisationId, instanceId, dimensions, edges)
                : fleet.execute(organisationId, dimensions, edges);
    }

    private static UsageDimension dimension(Grouping by, @Nullable Grouping by2) {
        if (by2 == null) {
            return by.dimension();
        }
        Set<Grouping> both = EnumSet.of(by, by2);
        if (both.size() == 2 && both.contains(Grouping.SERVER)) {
            return by == Grouping.SERVER ? by2.dimension() : by.dimension();
        }
        if (both.equals(EnumSet.of(Grouping.MODEL, Grouping.CATEGORY))) {
            return UsageDimension.MODEL_CATEGORY;
        }
        throw new IllegalArgumentException(
                "by2: "
                        + by2.label()
                        + " (expected: of "
                        + by.label()
                        + " what clients tell beside it: server with any other, or model with"
                        + " category)");
    }

    private static CostReport report(
            Period period,
            List<UsageGroup> groups,
            UsageDimension dimension,
            Grouping by,
            @Nullable Grouping by2,
            int limit) {
        UsageAmounts total = UsageAmounts.NONE;
        UsageAmounts previousTotal = UsageAmounts.NONE;
        long parts = 0;
        Map<Keys, UsageAmounts> now = new HashMap<>();
        Map<Keys, Long> before = new HashMap<>();
        for (UsageGroup group : groups) {
            boolean isNow = group.slot() == 1;
            if (group.dimension() == UsageDimension.TOTAL) {
                if (isNow) {
                    total = total.plus(group.amounts());
                } else {
                    previousTotal = previousTotal.plus(group.amounts());
                }
            }
            if (group.dimension() != dimension) {
                continue;
            }
            Keys keys = new Keys(key(group, by), by2 == null ? "" : key(group, by2));
            if (isNow) {
                parts += group.amounts().costMicros();
                now.merge(keys, group.amounts(), UsageAmounts::plus);
            } else {
                before.merge(keys, group.amounts().costMicros(), Long::sum);
            }
        }
        long whole = total.costMicros();
        List<UsageShare> shares = new ArrayList<>();
        now.forEach((keys, amounts) ->
                shares.add(
                        new UsageShare(
                                keys.key,
                                keys.key2,
                                amounts,
                                before.getOrDefault(keys, 0L),
                                whole == 0
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of(
                                                (double) amounts.costMicros() / whole))));
        shares.sort(
                Comparator.comparingLong((UsageShare share) -> -share.amounts().costMicros())
                        .thenComparing(UsageShare::key)
                        .thenComparing(UsageShare::key2));
        return new CostReport(
                period,
                shares.subList(0, Math.min(limit, shares.size())),
                shares.size(),
                total,
                previousTotal,
                whole - parts);
    }

    private record Keys(String key, String key2) {}

    private static String key(UsageGroup group, @Nullable Grouping by) {
        if (by == null) {
            return "";
        }
        return switch (by) {
            case SERVER -> group.server();
            case CATEGORY ->
                    group.dimension() == UsageDimension.MODEL_CATEGORY
                            ? group.category()
                            : group.key();
            case MODEL, PROVIDER, TOOL -> group.key();
        };
    }
}
