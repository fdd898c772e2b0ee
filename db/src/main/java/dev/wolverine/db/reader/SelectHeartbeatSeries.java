package dev.wolverine.db.reader;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatBucket;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One server's beats in buckets of client time. Never blocks; thread-safe. */
public final class SelectHeartbeatSeries {

    private static final String SELECT =
            """
            SELECT date_bin(make_interval(secs => $4), ts, timestamptz '1970-01-01 00:00:00+00') AS bucket,
                   count(*)::integer AS beats,
                   min(memory_mb) AS memory_min, avg(memory_mb)::float8 AS memory_avg, max(memory_mb) AS memory_max,
                   min(cpu_centi_percent)::float8 / 100 AS cpu_min, avg(cpu_centi_percent)::float8 / 100 AS cpu_avg, max(cpu_centi_percent)::float8 / 100 AS cpu_max,
                   max(routes_unhealthy) AS unhealthy, max(slowest_us) AS slowest_us,
                   (array_agg(uptime_s ORDER BY ts DESC))[1] AS uptime_s
            FROM heartbeats
            WHERE server_id = $1 AND ts >= $2 AND ts < $3
            GROUP BY bucket
            ORDER BY bucket
            """;

    private final ReaderPool pool;

    public SelectHeartbeatSeries(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * Empty if the organisation has no such instance; else its buckets that hold beats, in order.
     */
    public CompletionStage<Optional<List<HeartbeatBucket>>> execute(
            UUID organisationId, String instanceId, Instant from, Instant to, Duration interval) {
        return pool.ask(
                        organisationId,
                        connection ->
                                Server.ask(
                                        connection,
                                        organisationId,
                                        instanceId,
                                        server -> buckets(connection, server, from, to, interval)))
                .toCompletionStage();
    }

    private static Future<List<HeartbeatBucket>> buckets(
            SqlConnection connection, int server, Instant from, Instant to, Duration interval) {
        return connection
                .preparedQuery(SELECT)
                .execute(
                        Tuple.of(
                                server,
                                from.atOffset(ZoneOffset.UTC),
                                to.atOffset(ZoneOffset.UTC),
                                interval.toMillis() / 1000d))
                .map(rows -> {
                    List<HeartbeatBucket> buckets = new ArrayList<>(rows.size());
                    rows.forEach(row -> buckets.add(bucket(row)));
                    return buckets;
                });
    }

    private static HeartbeatBucket bucket(Row row) {
        return new HeartbeatBucket(
                row.getOffsetDateTime("bucket").toInstant(),
                row.getInteger("beats"),
                whole(row.getInteger("memory_min")),
                decimal(row.getDouble("memory_avg")),
                whole(row.getInteger("memory_max")),
                decimal(row.getDouble("cpu_min")),
                decimal(row.getDouble("cpu_avg")),
                decimal(row.getDouble("cpu_max")),
                whole(row.getInteger("unhealthy")),
                whole(row.getInteger("slowest_us")),
                whole(row.getInteger("uptime_s")));
    }

    private static int whole(@Nullable Integer value) {
        return value == null ? Heartbeat.ABSENT : value;
    }

    private static double decimal(@Nullable Double value) {
        return value == null ? Heartbeat.ABSENT : value;
    }
}
