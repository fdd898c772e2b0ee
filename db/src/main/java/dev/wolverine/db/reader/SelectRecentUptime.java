package dev.wolverine.db.reader;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How much of the last minutes was lost, from the beats: for burn rates over windows that hours are
 * too wide for. Never blocks; thread-safe.
 */
public final class SelectRecentUptime {

    /** Servers that fell silent a day before count no longer: nobody waits for them. */
    private static final String SELECT =
            """
            WITH server AS MATERIALIZED (
                SELECT id, greatest(first_seen, $3::timestamptz) AS since FROM servers
                WHERE org_id = $1 AND ($2::text IS NULL OR instance_id = $2) AND first_seen < $4
            ), alive AS (
                SELECT server_id, alive_ms, serving_ms, alive_blind_ms
                FROM uptime_slice(ARRAY(SELECT id FROM server), $3, $4, $4)
            ), seen AS (
                SELECT server.* FROM server JOIN server_states ON server_id = id
                WHERE last_seen >= $4::timestamptz - interval '24 hours'
            )
            SELECT coalesce(sum(date_part('epoch', $4 - since) * 1000
                       - coalesce((SELECT sum(date_part('epoch', least(ended, $4) - greatest(began, since)) * 1000)
                                   FROM blind_windows WHERE began < $4 AND ended > since), 0)
                       + coalesce(alive_blind_ms, 0)), 0)::bigint AS measured_ms,
                   coalesce(sum(alive_ms), 0)::bigint AS alive_ms, coalesce(sum(serving_ms), 0)::bigint AS serving_ms
            FROM seen LEFT JOIN alive ON server_id = id
            """;

    private final ReaderPool pool;

    public SelectRecentUptime(ReaderPool pool) {
        this.pool = pool;
    }

    /** Milliseconds of server time. */
    public record Recent(long measuredMs, long aliveMs, long servingMs) {}

    /**
     * @param instanceId null: every server
     */
    public CompletionStage<Recent> execute(
            UUID organisationId, @Nullable String instanceId, Instant from, Instant now) {
        Tuple values =
                Tuple.of(
                        organisationId,
                        instanceId,
                        from.atOffset(ZoneOffset.UTC),
                        now.atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    var row = rows.iterator().next();
                    return new Recent(
                            row.getLong("measured_ms"),
                            row.getLong("alive_ms"),
                            row.getLong("serving_ms"));
                })
                .toCompletionStage();
    }
}
