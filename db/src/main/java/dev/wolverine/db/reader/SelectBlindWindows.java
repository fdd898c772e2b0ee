package dev.wolverine.db.reader;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** When the platform itself was away. Never blocks; thread-safe. */
public final class SelectBlindWindows {

    private static final String SELECT =
            """
            SELECT greatest(began, $1) AS began, least(ended, $2) AS ended, reason
            FROM blind_windows WHERE began < $2 AND ended > $1 ORDER BY began LIMIT 1000
            """;

    private final ReaderPool pool;

    public SelectBlindWindows(ReaderPool pool) {
        this.pool = pool;
    }

    /** One window, cut to the period that was asked for. */
    public record Window(Instant began, Instant ended, String reason) {}

    /** In order, the first thousand. */
    public CompletionStage<List<Window>> execute(UUID organisationId, Instant from, Instant to) {
        Tuple values = Tuple.of(from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    List<Window> windows = new ArrayList<>();
                    rows.forEach(row ->
                            windows.add(
                                    new Window(
                                            row.getOffsetDateTime("began").toInstant(),
                                            row.getOffsetDateTime("ended").toInstant(),
                                            row.getString("reason"))));
                    return List.copyOf(windows);
                })
                .toCompletionStage();
    }
}
