package dev.wolverine.query;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Asks the database for {@link HeartbeatSeries}. Never blocks; thread-safe. */
public final class HeartbeatSeriesQuery {

    /**
     * Empty if the organisation has no such instance.
     *
     * @param from inclusive
     * @param to exclusive, after {@code from}
     * @throws IllegalArgumentException if range and interval make more than {@link
     *     HeartbeatSeries#MAX_POINTS}
     */
    public CompletionStage<Optional<HeartbeatSeries>> read(
            UUID organisationId, String instanceId, Instant from, Instant to, Duration interval) {
        throw new UnsupportedOperationException(
                "" + organisationId + instanceId + from + to + interval);
    }
}
