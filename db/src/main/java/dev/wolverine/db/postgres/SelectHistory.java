package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Reads the stored beats of a server with their snapshots. Blocking; thread-safe. */
public final class SelectHistory {

    /** What is held in memory at once. */
    private static final Duration STEP = Duration.ofHours(12);

    private final DataSource writer;

    public SelectHistory(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Gives every beat after one moment and before another, in the order of client time.
     *
     * @param identity of the server
     */
    public void forEach(
            int serverId,
            Identity identity,
            Instant after,
            Instant until,
            Consumer<Heartbeat> consumer) {
        Instant from = after;
        while (from.isBefore(until)) {
            Instant to = from.plus(STEP).isBefore(until) ? from.plus(STEP) : until;
            // Neither end is included: a beat at the seam belongs to the second step.
            Instant start = from.equals(after) ? from : from.minusNanos(1_000);
            beats(serverId, identity, start, to).forEach(consumer);
            from = to;
        }
    }

    private List<Heartbeat> beats(int serverId, Identity identity, Instant after, Instant until) {
        return Transaction.run(
                writer,
                "reading the history of a server",
                connection ->
                        SelectBeats.execute(
                                        connection,
                                        List.of(new SelectBeats.Range(serverId, after, until)),
                                        Map.of(serverId, identity))
                                .getOrDefault(serverId, List.of()));
    }
}
