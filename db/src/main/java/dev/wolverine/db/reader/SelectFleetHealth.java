package dev.wolverine.db.reader;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How quickly an organisation's servers answer, and how long they take to recover. Never blocks;
 * thread-safe.
 */
public final class SelectFleetHealth {

    /**
     * An episode begins with the first status that is degraded or down, and ends with the next
     * healthy one. Silence between tells nothing of either.
     */
    private static final String SELECT =
            """
            WITH server AS MATERIALIZED (
                SELECT id FROM servers WHERE org_id = $1
            ), slowest AS (
                SELECT count(*) AS servers, avg(slowest_us) AS mean,
                       percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY slowest_us) AS percentiles
                FROM server JOIN server_states ON server_id = id
                WHERE last_seen >= $2 AND slowest_us IS NOT NULL
            ), episode AS (
                SELECT log.ts AS began,
                       (SELECT min(ts) FROM status_log AS later
                        WHERE later.server_id = log.server_id AND later.ts > log.ts AND later.status = 1) AS ended
                FROM status_log AS log
                WHERE log.server_id = ANY (ARRAY(SELECT id FROM server)) AND log.ts >= $2 AND log.ts < $3
                      AND log.status IN (2, 3)
                      AND coalesce((SELECT status FROM status_log AS former
                                    WHERE former.server_id = log.server_id AND former.ts < log.ts AND former.status <> 4
                                    ORDER BY ts DESC LIMIT 1), 1) = 1
            ), repair AS (
                SELECT count(ended) AS ended, count(*) AS began,
                       avg(date_part('epoch', ended - began)) AS mean_seconds
                FROM episode
            )
            SELECT slowest.servers::integer AS servers, mean::float8 / 1000 AS mean_ms, percentiles[1] / 1000 AS p50_ms,
                   percentiles[2] / 1000 AS p95_ms, percentiles[3] / 1000 AS p99_ms,
                   repair.began::integer AS began, repair.ended::integer AS ended, mean_seconds
            FROM slowest, repair
            """;

    private final ReaderPool pool;

    public SelectFleetHealth(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * What was found. A client sends the average of its slowest route, so that these are figures
     * over servers, never over requests.
     *
     * @param servers that said how slow their slowest route is
     * @param meanMillis of their slowest routes' averages; null without servers, as are the
     *     percentiles
     * @param episodesBegan times at which a server stopped being healthy
     * @param episodesEnded those after which it was healthy again
     * @param meanSecondsToHealthy of those; null if there are none
     */
    public record Health(
            int servers,
            @Nullable Double meanMillis,
            @Nullable Double p50Millis,
            @Nullable Double p95Millis,
            @Nullable Double p99Millis,
            int episodesBegan,
            int episodesEnded,
            @Nullable Double meanSecondsToHealthy) {}

    /**
     * @param from begin: of servers seen since, the newest stored value counts
     */
    public CompletionStage<Health> execute(UUID organisationId, Instant from, Instant to) {
        Tuple values =
                Tuple.of(
                        organisationId, from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> health(rows.iterator().next()))
                .toCompletionStage();
    }

    private static Health health(Row row) {
        return new Health(
                row.getInteger("servers"),
                row.getDouble("mean_ms"),
                row.getDouble("p50_ms"),
                row.getDouble("p95_ms"),
                row.getDouble("p99_ms"),
                row.getInteger("began"),
                row.getInteger("ended"),
                row.getDouble("mean_seconds"));
    }
}
