package dev.wolverine.db.reader;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.model.SnapshotSample;
import dev.wolverine.db.postgres.SnapshotPacking;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One beat of each stretch of a server's time with its snapshot: what is in snapshots alone has no
 * table of its own. Never blocks; thread-safe.
 */
public final class SelectSnapshotSamples {

    /** Which beat of a stretch. */
    public enum Choice {
        LAST("ts DESC"),
        SLOWEST_ROUTE("slowest_us DESC NULLS LAST, ts DESC");

        private final String order;

        Choice(String order) {
            this.order = order;
        }
    }

    private static final String SELECT =
            """
            WITH picked AS MATERIALIZED (
                SELECT DISTINCT ON (bucket)
                       date_bin(make_interval(secs => $4), ts, timestamptz '1970-01-01 00:00:00+00') AS bucket,
                       ts, snapshot_hash, slowest_us, routes_healthy, routes_unhealthy
                FROM heartbeats
                WHERE server_id = $1 AND ts >= $2 AND ts < $3
                ORDER BY bucket, %s
            )
            SELECT picked.*, found.content, base.content AS base_content
            FROM picked
            CROSS JOIN LATERAL (
                SELECT * FROM snapshots s
                WHERE s.server_id = $1 AND s.day = (picked.ts AT TIME ZONE 'UTC')::date AND s.hash = picked.snapshot_hash
                OFFSET 0
            ) AS found
            LEFT JOIN LATERAL (
                SELECT content FROM snapshots s
                WHERE s.server_id = $1 AND s.day = found.day AND s.hash = found.base
                OFFSET 0
            ) AS base ON found.base IS NOT NULL
            ORDER BY bucket
            """;

    private final ReaderPool pool;

    public SelectSnapshotSamples(ReaderPool pool) {
        this.pool = pool;
    }

    /** In order; empty if the organisation has no such instance. */
    public CompletionStage<Optional<List<SnapshotSample>>> execute(
            UUID organisationId,
            String instanceId,
            Instant from,
            Instant to,
            Duration interval,
            Choice choice) {
        return pool.ask(
                        organisationId,
                        connection ->
                                Server.ask(
                                        connection,
                                        organisationId,
                                        instanceId,
                                        server ->
                                                samples(
                                                        connection,
                                                        SELECT.formatted(choice.order),
                                                        Tuple.of(
                                                                server,
                                                                from.atOffset(ZoneOffset.UTC),
                                                                to.atOffset(ZoneOffset.UTC),
                                                                interval.toMillis() / 1000d))))
                .toCompletionStage();
    }

    private static Future<List<SnapshotSample>> samples(
            SqlConnection connection, String sql, Tuple arguments) {
        return connection
                .preparedQuery(sql)
                .execute(arguments)
                .map(rows -> {
                    List<SnapshotSample> samples = new ArrayList<>(rows.size());
                    Map<Long, Snapshot> decoded = new HashMap<>();
                    for (Row row : rows) {
                        Snapshot snapshot =
                                decoded.computeIfAbsent(
                                        row.getLong("snapshot_hash"),
                                        hash -> SnapshotCodec.decode(content(row, hash)));
                        samples.add(sample(row, snapshot));
                    }
                    return samples;
                });
    }

    private static byte[] content(Row row, long hash) {
        byte[] content = row.getBuffer("content").getBytes();
        Buffer base = row.getBuffer("base_content");
        return base == null ? content : SnapshotPacking.unpack(content, base.getBytes(), hash);
    }

    private static SnapshotSample sample(Row row, Snapshot snapshot) {
        return new SnapshotSample(
                row.getOffsetDateTime("bucket").toInstant(),
                row.getOffsetDateTime("ts").toInstant(),
                orAbsent(row.getInteger("slowest_us")),
                orAbsent(row.getInteger("routes_healthy")),
                orAbsent(row.getInteger("routes_unhealthy")),
                snapshot);
    }

    private static int orAbsent(@Nullable Integer value) {
        return value == null ? Heartbeat.ABSENT : value;
    }
}
