package dev.wolverine.query.analytics;

import dev.wolverine.db.reader.UsageAmounts;
import java.util.List;

/**
 * A breakdown of cost.
 *
 * @param groups by falling cost, the most expensive
 * @param groupCount how many there are, with those left out
 * @param total of all servers, as they sum it up themselves
 * @param previousTotal of the period before
 * @param unattributedMicros the total less all groups: cost that clients name nothing for. Below
 *     zero if they name more than they sum up
 */
public record CostReport(
        Period period,
        List<UsageShare> groups,
        int groupCount,
        UsageAmounts total,
        UsageAmounts previousTotal,
        long unattributedMicros) {

    public CostReport {
        groups = List.copyOf(groups);
    }
}
