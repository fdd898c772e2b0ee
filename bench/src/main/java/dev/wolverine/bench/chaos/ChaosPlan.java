package dev.wolverine.bench.chaos;

import java.time.Duration;
import java.util.Set;

/**
 * One run.
 *
 * @param load how long clients send while faults happen
 * @param seed of the schedule, the fleets and the proxies
 * @param kinds the faults that happen
 * @param httpInstances that behave as the stock client, a beat a second each
 * @param grpcInstances that replay a day, spread over the load, and beat once a second beside it
 */
public record ChaosPlan(
        Duration load, long seed, Set<FaultKind> kinds, int httpInstances, int grpcInstances) {

    public ChaosPlan {
        kinds = Set.copyOf(kinds);
    }
}
