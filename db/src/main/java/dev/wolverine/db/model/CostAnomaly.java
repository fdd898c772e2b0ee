package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An hour in which an organisation spent far more than in the same hours of the weeks before.
 *
 * @param id rises; 0 while it is not stored
 * @param expectedMicros median of the same hour of the week
 * @param z how many robust deviations above
 * @param contributors the servers that spent most in this hour, three at most
 */
public record CostAnomaly(
        long id,
        UUID organisationId,
        Instant hour,
        long costMicros,
        long expectedMicros,
        double z,
        List<Contributor> contributors,
        Instant detectedAt) {

    public CostAnomaly {
        contributors = List.copyOf(contributors);
    }

    /** What a server spent in the hour. */
    public record Contributor(String instanceId, long costMicros) {}
}
