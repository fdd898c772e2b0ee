package dev.wolverine.db.reader;

import dev.wolverine.db.model.ServerEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What happened to a server, merged from where it is kept; versions and backups are not here, they
 * are told from snapshots. Never blocks; thread-safe.
 */
public final class SelectServerEvents {

    /** A gap is a silence beyond the grace of 150 s. Whether the platform was away then is said. */
    private static final String SELECT =
            """
            SELECT ts, kind, detail::text FROM (
                (SELECT ts, 'status' AS kind, jsonb_build_object(
                        'status', (ARRAY['healthy', 'degraded', 'down', 'unreachable'])[status], 'reason', reason) AS detail
                 FROM status_log WHERE server_id = $1 AND ts >= $2 AND ts < $3 AND 'status' = ANY ($5::text[])
                 ORDER BY ts DESC LIMIT $4)
                UNION ALL
                (SELECT ts, 'restart', jsonb_build_object(
                        'process', (ARRAY['runner', 'child'])[process], 'cause', cause, 'lifetimeSeconds', lifetime_s,
                        'memoryBeforeMb', memory_before_mb)
                 FROM restarts WHERE server_id = $1 AND ts >= $2 AND ts < $3
                     AND ('restart' = ANY ($5::text[]) OR ('version' = ANY ($5::text[]) AND cause = 'upgrade'))
                 ORDER BY ts DESC LIMIT $4)
                UNION ALL
                (SELECT ts, 'repair', jsonb_build_object(
                        'repairs', repairs, 'successes', successes, 'failures', failures, 'tokens', tokens,
                        'costMicros', cost_micros, 'error', left(last_error, 500), 'resolution', left(last_resolution, 500),
                        'model', last_model)
                 FROM repairs WHERE server_id = $1 AND ts >= $2 AND ts < $3 AND 'repair' = ANY ($5::text[])
                 ORDER BY ts DESC LIMIT $4)
                UNION ALL
                (SELECT ts, 'adjustment', jsonb_build_object(
                        'adjustment', (ARRAY['rebaseline', 'reset', 'implausible'])[kind], 'series', series,
                        'examples', to_jsonb(examples), 'tokensBefore', tokens_before, 'tokensAfter', tokens_after,
                        'costMicrosBefore', cost_micros_before, 'costMicrosAfter', cost_micros_after)
                 FROM usage_adjustments WHERE server_id = $1 AND ts >= $2 AND ts < $3 AND 'adjustment' = ANY ($5::text[])
                 ORDER BY ts DESC LIMIT $4)
                UNION ALL
                (SELECT before, 'gap', jsonb_build_object(
                        'until', to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                        'seconds', round(date_part('epoch', ts - before)),
                        'platformAway', EXISTS (SELECT FROM blind_windows WHERE began < ts AND ended > before))
                 FROM (SELECT ts, lag(ts) OVER (ORDER BY ts) AS before
                       FROM heartbeats
                       WHERE server_id = $1 AND ts >= $2 AND ts < $3 AND 'gap' = ANY ($5::text[])) AS beat
                 WHERE ts - before > interval '150 seconds'
                 ORDER BY before DESC LIMIT $4)
            ) AS event
            ORDER BY ts DESC, kind
            LIMIT $4
            """;

    private final ReaderPool pool;

    public SelectServerEvents(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * The newest so many, newest first; empty if the organisation has no such instance. Restarts by
     * an upgrade are there for versions too.
     */
    public CompletionStage<Optional<List<ServerEvent>>> execute(
            UUID organisationId,
            String instanceId,
            Instant from,
            Instant to,
            Set<ServerEvent.Kind> kinds,
            int limit) {
        String[] labels = kinds.stream().map(ServerEvent.Kind::label).toArray(String[]::new);
        return pool.ask(
                        organisationId,
                        connection ->
                                Server.ask(
                                        connection,
                                        organisationId,
                                        instanceId,
                                        server ->
                                                events(
                                                        connection,
                                                        Tuple.of(
                                                                server,
                                                                from.atOffset(ZoneOffset.UTC),
                                                                to.atOffset(ZoneOffset.UTC),
                                                                limit,
                                                                labels))))
                .toCompletionStage();
    }

    private static Future<List<ServerEvent>> events(SqlConnection connection, Tuple arguments) {
        return connection
                .preparedQuery(SELECT)
                .execute(arguments)
                .map(rows -> {
                    List<ServerEvent> events = new ArrayList<>(rows.size());
                    rows.forEach(row -> events.add(read(row)));
                    return events;
                });
    }

    private static ServerEvent read(Row row) {
        return new ServerEvent(
                row.getOffsetDateTime(0).toInstant(),
                ServerEvent.Kind.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                new io.vertx.core.json.JsonObject(row.getString(2)).getMap());
    }
}
