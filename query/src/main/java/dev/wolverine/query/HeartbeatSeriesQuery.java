package dev.wolverine.query;

import dev.wolverine.db.reader.SelectHeartbeatSeries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Asks for {@link HeartbeatSeries}. Never blocks; thread-safe. */
public final class HeartbeatSeriesQuery {

    private final SelectHeartbeatSeries select;

    public HeartbeatSeriesQuery(SelectHeartbeatSeries select) {
        this.select = select;
    }

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
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "to: " + to + " (expected: after from, " + from + ")");
        }
        if (HeartbeatSeries.points(from, to, interval) > HeartbeatSeries.MAX_POINTS) {
            throw new IllegalArgumentException(
                    "interval: "
                            + interval.toSeconds()
                            + "s over this range makes more than "
                            + HeartbeatSeries.MAX_POINTS
                            + " points (expected: a wider interval or a shorter range)");
        }
        return select.execute(organisationId, instanceId, from, to, interval)
                .thenApply(found ->
                        found.map(points -> new HeartbeatSeries(from, to, interval, points)));
    }
}
