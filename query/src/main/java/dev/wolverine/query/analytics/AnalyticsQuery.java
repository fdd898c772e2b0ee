package dev.wolverine.query.analytics;

import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.reader.SelectFleetHealth;
import dev.wolverine.db.reader.SelectFleetUsage;
import dev.wolverine.db.reader.UsageAmounts;
import dev.wolverine.db.reader.UsageGroup;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Asks for an organisation's {@link AnalyticsReport}. Never blocks; thread-safe. */
public final class AnalyticsQuery {

    private final SelectFleetUsage usage;
    private final FleetUptime uptime;
    private final SelectFleetHealth health;
    private final Clock clock;

    public AnalyticsQuery(
            SelectFleetUsage usage, FleetUptime uptime, SelectFleetHealth health, Clock clock) {
        this.usage = usage;
        this.uptime = uptime;
        this.health = health;
        this.clock = clock;
    }

    public CompletionStage<AnalyticsReport> read(UUID organisationId, Period period) {
        List<Instant> edges = List.of(period.previous().from(), period.from(), period.to());
        EnumSet<UsageDimension> dimensions =
                EnumSet.of(
                        UsageDimension.TOTAL,
                        UsageDimension.REPAIRS,
                        UsageDimension.CATEGORY,
                        UsageDimension.MODEL);
        Instant now = clock.instant();
        CompletionStage<List<UsageGroup>> groups = usage.execute(organisationId, dimensions, edges);
        CompletionStage<List<ServerUptime>> servers =
                uptime.ofOrganisation(organisationId, period.from(), period.to());
        return groups.thenCombine(servers, (used, alive) -> report(period, used, alive))
                .thenCombine(
                        health.execute(
                                organisationId,
                                period.from(),
                                period.to().isBefore(now) ? period.to() : now),
                        Report::with);
    }

    /** Everything but the health. */
    private record Report(
            Period period,
            int totalServers,
            int activeServers,
            AnalyticsReport.Usage now,
            AnalyticsReport.Usage before,
            Map<String, UsageAmounts> byCategory,
            Map<String, UsageAmounts> byModel,
            Uptime uptime) {

        AnalyticsReport with(SelectFleetHealth.Health health) {
            return new AnalyticsReport(
                    period,
                    totalServers,
                    activeServers,
                    now,
                    before,
                    byCategory,
                    byModel,
                    uptime,
                    health);
        }
    }

    private static Report report(
            Period period, List<UsageGroup> groups, List<ServerUptime> servers) {
        Uptime uptime = Uptime.NONE;
        int active = 0;
        for (ServerUptime server : servers) {
            uptime = uptime.plus(server.uptime());
            active += server.uptime().aliveMs() > 0 ? 1 : 0;
        }
        return new Report(
                period,
                servers.size(),
                active,
                new AnalyticsReport.Usage(total(groups, 1), sum(groups, 1, UsageDimension.REPAIRS)),
                new AnalyticsReport.Usage(total(groups, 0), sum(groups, 0, UsageDimension.REPAIRS)),
                byKey(groups, UsageDimension.CATEGORY),
                byKey(groups, UsageDimension.MODEL),
                uptime);
    }

    private static UsageAmounts total(List<UsageGroup> groups, int slot) {
        return sum(groups, slot, UsageDimension.TOTAL)
                .withClassesOf(sum(groups, slot, UsageDimension.MODEL));
    }

    private static UsageAmounts sum(List<UsageGroup> groups, int slot, UsageDimension dimension) {
        return groups.stream()
                .filter(group -> group.slot() == slot && group.dimension() == dimension)
                .map(UsageGroup::amounts)
                .reduce(UsageAmounts.NONE, UsageAmounts::plus);
    }

    private static Map<String, UsageAmounts> byKey(
            List<UsageGroup> groups, UsageDimension dimension) {
        Map<String, UsageAmounts> amounts = new HashMap<>();
        for (UsageGroup group : groups) {
            if (group.slot() == 1 && group.dimension() == dimension) {
                amounts.merge(group.key(), group.amounts(), UsageAmounts::plus);
            }
        }
        return amounts;
    }
}
