package dev.wolverine.query.analytics;

import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.reader.SelectServerFacts;
import dev.wolverine.db.reader.SelectServerUsage;
import dev.wolverine.db.reader.UsageAmounts;
import dev.wolverine.db.reader.UsageGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;

/** Asks which servers were dear, or often repaired, and compares versions. Thread-safe. */
public final class ServerFiguresQuery {

    private final SelectServerUsage usage;
    private final SelectServerFacts facts;

    public ServerFiguresQuery(SelectServerUsage usage, SelectServerFacts facts) {
        this.usage = usage;
        this.facts = facts;
    }

    /** What a ranking goes by. */
    public enum Order {
        COST(server -> server.total().costMicros()),
        TOKENS(server -> server.total().tokens()),
        REPAIRS(server -> server.repairs().calls()),
        RESTARTS(ServerFigures.Server::restarts);

        private final ToLongFunction<ServerFigures.Server> value;

        Order(ToLongFunction<ServerFigures.Server> value) {
            this.value = value;
        }

        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * @param limit the most servers, those first that have most of what the order says
     */
    public CompletionStage<ServerFigures> read(
            UUID organisationId, Period period, Order order, int limit) {
        return usage.execute(
                        organisationId,
                        null,
                        EnumSet.of(UsageDimension.TOTAL, UsageDimension.REPAIRS),
                        period.edges())
                .thenCombine(
                        facts.execute(organisationId, period.from(), period.to()),
                        (groups, known) -> figures(period, groups, known, order, limit));
    }

    private static ServerFigures figures(
            Period period,
            List<UsageGroup> groups,
            Map<String, SelectServerFacts.Facts> known,
            Order order,
            int limit) {
        Map<String, UsageAmounts> totals = new HashMap<>();
        Map<String, UsageAmounts> repairs = new HashMap<>();
        for (UsageGroup group : groups) {
            (group.dimension() == UsageDimension.TOTAL ? totals : repairs)
                    .merge(group.server(), group.amounts(), UsageAmounts::plus);
        }
        List<ServerFigures.Server> servers = new ArrayList<>();
        known.forEach((instanceId, facts) ->
                servers.add(
                        new ServerFigures.Server(
                                instanceId,
                                facts.name(),
                                facts.version(),
                                totals.getOrDefault(instanceId, UsageAmounts.NONE),
                                repairs.getOrDefault(instanceId, UsageAmounts.NONE),
                                facts.restarts())));
        servers.sort(
                Comparator.comparingLong(
                                (ServerFigures.Server server) -> -order.value.applyAsLong(server))
                        .thenComparing(ServerFigures.Server::instanceId));
        return new ServerFigures(
                period, servers.subList(0, Math.min(limit, servers.size())), versions(servers));
    }

    private static List<ServerFigures.Version> versions(List<ServerFigures.Server> servers) {
        Map<String, ServerFigures.Version> versions = new TreeMap<>();
        for (ServerFigures.Server server : servers) {
            versions.merge(
                    Objects.requireNonNullElse(server.version(), ""),
                    new ServerFigures.Version(
                            server.version(),
                            1,
                            server.total(),
                            server.repairs(),
                            server.restarts()),
                    (a, b) ->
                            new ServerFigures.Version(
                                    a.version(),
                                    a.servers() + b.servers(),
                                    a.total().plus(b.total()),
                                    a.repairs().plus(b.repairs()),
                                    a.restarts() + b.restarts()));
        }
        return List.copyOf(versions.values());
    }
}
