package dev.wolverine.db.reader;

import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Uptime of an organisation's servers: hours that are counted from their rows, the others, and the
 * one that is not over, from the beats. Never blocks; thread-safe.
 */
public final class SelectUptime {

    /**
     * A server's time begins with its first beat: that of its first row; before there is one, the
     * first that is not counted yet, or when it was first seen.
     */
    private static final String SELECT =
            """
            WITH span AS (
                SELECT date_trunc('hour', $3::timestamptz, 'UTC') AS since,
                       least(date_trunc('hour', $4::timestamptz + interval '1 hour' - interval '1 microsecond', 'UTC'),
                             $5::timestamptz) AS until,
                       coalesce((SELECT counted_until FROM uptime_progress), '-infinity') AS counted_until
            ), server AS MATERIALIZED (
                SELECT id, instance_id, first_seen FROM servers
                WHERE org_id = $1 AND ($2::text IS NULL OR instance_id = $2)
            ), counted AS (
                SELECT server_id, sum(least(beats, 60)) AS beats, sum(alive_ms) AS alive_ms, sum(late_ms) AS late_ms,
                       sum(serving_ms) AS serving_ms, sum(alive_blind_ms) AS alive_blind_ms
                FROM uptime_hourly, span
                WHERE server_id = ANY (ARRAY(SELECT id FROM server)) AND hour >= since AND hour < least(until, counted_until)
                GROUP BY server_id
            ), uncounted AS (
                SELECT slice.*
                FROM span, uptime_slice(ARRAY(SELECT id FROM server), greatest(since, counted_until), until, $5::timestamptz) AS slice
                WHERE until > greatest(since, counted_until)
            ), known AS (
                SELECT server.*, span.until,
                       greatest(span.since, coalesce(
                           (SELECT hour + first_beat_ms * interval '1 millisecond' FROM uptime_hourly
                            WHERE server_id = server.id ORDER BY hour LIMIT 1),
                           least(first_seen, uncounted.first_beat))) AS since,
                       coalesce(counted.beats, 0) + coalesce(least(uncounted.beats,
                           ceil(date_part('epoch', until - greatest(span.since, counted_until)) / 60)), 0) AS beats,
                       coalesce(counted.alive_ms, 0) + coalesce(uncounted.alive_ms, 0) AS alive_ms,
                       coalesce(counted.late_ms, 0) + coalesce(uncounted.late_ms, 0) AS late_ms,
                       coalesce(counted.serving_ms, 0) + coalesce(uncounted.serving_ms, 0) AS serving_ms,
                       coalesce(counted.alive_blind_ms, 0) + coalesce(uncounted.alive_blind_ms, 0) AS alive_blind_ms
                FROM server CROSS JOIN span
                     LEFT JOIN counted ON counted.server_id = server.id
                     LEFT JOIN uncounted ON uncounted.server_id = server.id
            )
            SELECT instance_id, beats::bigint, alive_ms::bigint, late_ms::bigint, serving_ms::bigint,
                   alive_blind_ms::bigint,
                   greatest(0, date_part('epoch', until - since) * 1000)::bigint AS known_ms,
                   coalesce((SELECT sum(date_part('epoch', least(ended, until) - greatest(began, since)) * 1000)
                             FROM blind_windows WHERE began < until AND ended > since), 0)::bigint AS window_ms
            FROM known
            ORDER BY instance_id
            """;

    private final ReaderPool pool;

    public SelectUptime(ReaderPool pool) {
        this.pool = pool;
    }

    /** One server's; empty if the organisation has no such instance. */
    public CompletionStage<Optional<Uptime>> ofServer(
            UUID organisationId, String instanceId, Instant from, Instant to, Instant now) {
        return select(organisationId, instanceId, from, to, now)
                .thenApply(found -> found.stream().findFirst().map(ServerUptime::uptime));
    }

    /**
     * Every server's, by instance id.
     *
     * @param from start, rounded down to an hour of UTC
     * @param to end, rounded up to an hour of UTC; {@code now} at most
     */
    public CompletionStage<List<ServerUptime>> ofOrganisation(
            UUID organisationId, Instant from, Instant to, Instant now) {
        return select(organisationId, null, from, to, now);
    }

    private CompletionStage<List<ServerUptime>> select(
            UUID organisationId,
            @Nullable String instanceId,
            Instant from,
            Instant to,
            Instant now) {
        Tuple values =
                Tuple.of(
                        organisationId,
                        instanceId,
                        from.atOffset(ZoneOffset.UTC),
                        to.atOffset(ZoneOffset.UTC),
                        now.atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    List<ServerUptime> servers = new ArrayList<>(rows.size());
                    rows.forEach(row -> servers.add(server(row)));
                    return List.copyOf(servers);
                })
                .toCompletionStage();
    }

    private static ServerUptime server(Row row) {
        long blindMs = Math.max(0, row.getLong("window_ms") - row.getLong("alive_blind_ms"));
        return new ServerUptime(
                row.getString("instance_id"),
                new Uptime(
                        Math.max(0, row.getLong("known_ms") - blindMs),
                        row.getLong("alive_ms"),
                        row.getLong("late_ms"),
                        row.getLong("serving_ms"),
                        blindMs,
                        row.getLong("beats")));
    }
}
