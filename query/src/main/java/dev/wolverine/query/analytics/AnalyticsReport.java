package dev.wolverine.query.analytics;

import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.reader.SelectFleetHealth;
import dev.wolverine.db.reader.UsageAmounts;
import java.util.Map;

/**
 * An organisation over a period.
 *
 * @param totalServers that it has
 * @param activeServers alive at some time of the period
 * @param byCategory by category, as clients name them
 * @param byModel by model
 * @param uptime of all servers, over the whole hours that hold the period
 */
public record AnalyticsReport(
        Period period,
        int totalServers,
        int activeServers,
        Usage now,
        Usage before,
        Map<String, UsageAmounts> byCategory,
        Map<String, UsageAmounts> byModel,
        Uptime uptime,
        SelectFleetHealth.Health health) {

    public AnalyticsReport {
        byCategory = Map.copyOf(byCategory);
        byModel = Map.copyOf(byModel);
    }

    /**
     * Sums of one period.
     *
     * @param total as clients sum it up; its classes of tokens as their models sum up
     * @param repairs of which the calls are repairs; their cost is part of no total
     */
    public record Usage(UsageAmounts total, UsageAmounts repairs) {}
}
