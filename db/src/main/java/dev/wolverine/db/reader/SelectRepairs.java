package dev.wolverine.db.reader;

import dev.wolverine.db.model.RepairEntry;
import dev.wolverine.db.model.Snapshot;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A server's repairs, and what they come to. Never blocks; thread-safe. */
public final class SelectRepairs {

    private static final String SELECT =
            """
            SELECT ts, repairs, successes, failures, tokens, cost_micros, last_tokens, last_cost_micros, last_at, last_milli,
                   last_success, last_error, last_resolution, last_mode, last_model
            FROM repairs
            WHERE server_id = $1 AND ts >= $2 AND ts < $3
                AND ($4::boolean IS NULL OR CASE WHEN $4 THEN successes > 0 ELSE failures > 0 END)
            ORDER BY ts DESC
            LIMIT $5
            """;

    private static final String SELECT_STATS =
            """
            SELECT coalesce(sum(repairs), 0)::bigint, coalesce(sum(successes), 0)::bigint, coalesce(sum(failures), 0)::bigint,
                   coalesce(sum(tokens), 0)::bigint, coalesce(sum(cost_micros), 0)::bigint, avg(last_milli)::float8
            FROM repairs
            WHERE server_id = $1 AND ts >= $2 AND ts < $3
            """;

    private final ReaderPool pool;

    public SelectRepairs(ReaderPool pool) {
        this.pool = pool;
    }

    /** The newest repairs first, with the sums of all in the time. */
    public record Answer(List<RepairEntry> repairs, RepairEntry.Stats stats) {}

    /**
     * Empty if the organisation has no such instance.
     *
     * @param success only beats that told of one that succeeded, or of one that failed; null: all
     */
    public CompletionStage<Optional<Answer>> execute(
            UUID organisationId,
            String instanceId,
            Instant from,
            Instant to,
            @Nullable Boolean success,
            int limit) {
        OffsetDateTime begin = from.atOffset(ZoneOffset.UTC);
        OffsetDateTime end = to.atOffset(ZoneOffset.UTC);
        return pool.ask(
                        organisationId,
                        connection ->
                                Server.ask(
                                        connection,
                                        organisationId,
                                        instanceId,
                                        server ->
                                                answer(
                                                        connection,
                                                        Tuple.of(
                                                                server, begin, end, success, limit),
                                                        Tuple.of(server, begin, end))))
                .toCompletionStage();
    }

    private static Future<Answer> answer(SqlConnection connection, Tuple rows, Tuple all) {
        return connection
                .preparedQuery(SELECT)
                .execute(rows)
                .compose(found -> {
                    List<RepairEntry> repairs = new ArrayList<>(found.size());
                    found.forEach(row -> repairs.add(read(row)));
                    return connection
                            .preparedQuery(SELECT_STATS)
                            .execute(all)
                            .map(sums -> new Answer(repairs, stats(sums.iterator().next())));
                });
    }

    private static RepairEntry.Stats stats(Row row) {
        return new RepairEntry.Stats(
                row.getLong(0),
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getDouble(5));
    }

    private static RepairEntry read(Row row) {
        OffsetDateTime lastAt = row.getOffsetDateTime("last_at");
        return new RepairEntry(
                row.getOffsetDateTime("ts").toInstant(),
                row.getLong("repairs"),
                row.getLong("successes"),
                row.getLong("failures"),
                row.getLong("tokens"),
                row.getLong("cost_micros"),
                new Snapshot.LastRepair(
                        row.getString("last_error"),
                        row.getString("last_resolution"),
                        row.getLong("last_tokens"),
                        row.getLong("last_cost_micros"),
                        row.getString("last_mode"),
                        row.getBoolean("last_success"),
                        lastAt == null ? null : lastAt.toInstant().toEpochMilli(),
                        row.getString("last_model"),
                        row.getLong("last_milli")));
    }
}
