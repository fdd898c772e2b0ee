package dev.wolverine.db.reader;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Each stretch of time that a server lost, from its beats, as `uptime_slice` counts them. Never
 * blocks; thread-safe.
 */
public final class SelectLostTime {

    private static final String SELECT_SERVER =
            "SELECT id FROM servers WHERE org_id = $1 AND instance_id = $2";

    /**
     * What each beat covers, merged to stretches of one kind; between them is silence. Before the
     * server's first beat ever nothing is lost.
     */
    private static final String SELECT =
            """
            WITH beat AS (
                SELECT ts, lead(ts) OVER (ORDER BY ts) AS next_ts,
                       status <> 3 AND coalesce(routes_unhealthy, 0) = 0 AS serving,
                       received_at - ts > interval '150 seconds' AS late
                FROM heartbeats
                WHERE server_id = $1 AND ts >= $2::timestamptz - interval '150 seconds' AND ts < $3::timestamptz + interval '150 seconds'
            ), covered AS (
                SELECT greatest(ts, $2) AS began, serving, late,
                       least($3, CASE WHEN next_ts - ts <= interval '150 seconds' THEN next_ts
                                      WHEN $4::timestamptz - ts <= interval '150 seconds' THEN $4
                                      ELSE ts + interval '60 seconds' END) AS ended
                FROM beat
            ), stretch AS (
                SELECT began, ended, CASE WHEN NOT serving THEN 'not_serving' WHEN late THEN 'late' END AS kind
                FROM covered WHERE ended > began
            ), silence AS (
                SELECT ended AS began, coalesce(lead(began) OVER (ORDER BY began), $3) AS ended, 'silent' AS kind FROM stretch
                UNION ALL
                SELECT $2, min(began), 'silent' FROM stretch
                WHERE EXISTS (SELECT FROM uptime_hourly WHERE server_id = $1 AND hour < $2)
                   OR EXISTS (SELECT FROM heartbeats WHERE server_id = $1 AND ts < $2)
                UNION ALL
                SELECT $2, $3, 'silent' WHERE NOT EXISTS (SELECT FROM stretch)
                    AND EXISTS (SELECT FROM heartbeats WHERE server_id = $1 AND ts < $2)
            ), numbered AS (
                SELECT *, sum(CASE WHEN began = before AND kind IS NOT DISTINCT FROM kind_before THEN 0 ELSE 1 END)
                              OVER (ORDER BY began) AS run
                FROM (SELECT *, lag(ended) OVER (ORDER BY began) AS before, lag(kind) OVER (ORDER BY began) AS kind_before
                      FROM stretch) AS pairs
            )
            SELECT began, ended, kind,
                   coalesce((SELECT sum(date_part('epoch', least(blind_windows.ended, lost.ended) - greatest(blind_windows.began, lost.began)))
                             FROM blind_windows
                             WHERE blind_windows.began < lost.ended AND blind_windows.ended > lost.began), 0)::float8 AS blind_seconds
            FROM (SELECT min(began) AS began, max(ended) AS ended, kind FROM numbered WHERE kind IS NOT NULL GROUP BY run, kind
                  UNION ALL
                  SELECT began, ended, kind FROM silence WHERE ended > began) AS lost
            ORDER BY began DESC
            LIMIT $5
            """;

    private final ReaderPool pool;

    public SelectLostTime(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * One stretch.
     *
     * @param kind `silent`: no beat covers it; `not_serving`: down, or with unhealthy routes;
     *     `late`: alive, but told only afterwards
     * @param blindSeconds part of it in which the platform itself was away
     */
    public record Lost(Instant began, Instant ended, String kind, double blindSeconds) {}

    /** The newest first, at most so many; empty if the organisation has no such instance. */
    public CompletionStage<Optional<List<Lost>>> execute(
            UUID organisationId,
            String instanceId,
            Instant from,
            Instant to,
            Instant now,
            int limit) {
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(SELECT_SERVER)
                                        .execute(Tuple.of(organisationId, instanceId))
                                        .compose(server -> {
                                            if (server.size() == 0) {
                                                return io.vertx.core.Future.succeededFuture(
                                                        Optional.<List<Lost>>empty());
                                            }
                                            Tuple values =
                                                    Tuple.of(
                                                            server.iterator().next().getInteger(0),
                                                            from.atOffset(ZoneOffset.UTC),
                                                            to.atOffset(ZoneOffset.UTC),
                                                            now.atOffset(ZoneOffset.UTC),
                                                            limit);
                                            return connection
                                                    .preparedQuery(SELECT)
                                                    .execute(values)
                                                    .map(rows -> {
                                                        List<Lost> lost = new ArrayList<>();
                                                        rows.forEach(row ->
                                                                lost.add(
                                                                        new Lost(
                                                                                row.getOffsetDateTime(
                                                                                                "began")
                                                                                        .toInstant(),
                                                                                row.getOffsetDateTime(
                                                                                                "ended")
                                                                                        .toInstant(),
                                                                                row.getString(
                                                                                        "kind"),
                                                                                row.getDouble(
                                                                                        "blind_seconds"))));
                                                        return Optional.of(List.copyOf(lost));
                                                    });
                                        }))
                .toCompletionStage();
    }
}
