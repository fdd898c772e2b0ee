package dev.wolverine.db.reader;

import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.model.UsageRow;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What a server used, by a dimension: sums, and over time. Never blocks; thread-safe. */
public final class SelectUsageOfServer {

    /** Keys that are shown over time each for itself; the others are `__other__` there. */
    public static final int KEYS_OVER_TIME = 10;

    /** The dearest keys. */
    public static final int MAX_KEYS = 1_000;

    private static final String SUMS =
            """
            sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(tokens)::bigint, sum(calls)::bigint,
            sum(cost_micros)::bigint, sum(cache_savings_micros)::bigint, sum(successes)::bigint, sum(failures)::bigint,
            sum(estimated) > 0
            FROM usage_facts JOIN usage_series ON usage_series.id = series_id
            WHERE server_id = $1 AND bucket >= $2 AND bucket < $3 AND dimension = $4
            """;

    private static final String SELECT =
            "SELECT NULL::timestamptz, key, category, "
                    + SUMS
                    + "GROUP BY key, category ORDER BY sum(cost_micros) DESC, sum(tokens) DESC, key, category LIMIT "
                    + MAX_KEYS;

    private static final String SELECT_OVER_TIME =
            "SELECT date_bin(make_interval(secs => $5), bucket, timestamptz '1970-01-01 00:00:00+00') AS time,"
                    + " CASE WHEN series_id = ANY ($6::integer[]) THEN key ELSE '__other__' END AS shown,"
                    + " CASE WHEN series_id = ANY ($6::integer[]) THEN category ELSE '' END AS shown_category, "
                    + SUMS
                    + "GROUP BY time, shown, shown_category ORDER BY time, shown, shown_category";

    private static final String SELECT_DEAREST =
            """
            SELECT array(SELECT series_id
            FROM usage_facts JOIN usage_series ON usage_series.id = series_id
            WHERE server_id = $1 AND bucket >= $2 AND bucket < $3 AND dimension = $4
            GROUP BY series_id ORDER BY sum(cost_micros) DESC, sum(tokens) DESC, series_id LIMIT $5)
            """;

    private final ReaderPool pool;

    public SelectUsageOfServer(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * @param sums one a key, the dearest first
     * @param overTime one a time and key, in order
     */
    public record Answer(List<UsageRow> sums, List<UsageRow> overTime) {}

    /**
     * Empty if the organisation has no such instance.
     *
     * @param from inclusive, as {@code to} and {@code interval} in whole quarters of an hour
     */
    public CompletionStage<Optional<Answer>> execute(
            UUID organisationId,
            String instanceId,
            UsageDimension dimension,
            Instant from,
            Instant to,
            Duration interval) {
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
                                                        server,
                                                        begin,
                                                        end,
                                                        dimension.code(),
                                                        interval.toMillis() / 1000d)))
                .toCompletionStage();
    }

    private static Future<Answer> answer(
            SqlConnection connection,
            int server,
            OffsetDateTime from,
            OffsetDateTime to,
            int dimension,
            double seconds) {
        Tuple range = Tuple.of(server, from, to, dimension);
        return rows(connection, SELECT, range)
                .compose(sums ->
                        connection
                                .preparedQuery(SELECT_DEAREST)
                                .execute(Tuple.of(server, from, to, dimension, KEYS_OVER_TIME))
                                .compose(dearest ->
                                        rows(
                                                connection,
                                                SELECT_OVER_TIME,
                                                Tuple.of(
                                                        server,
                                                        from,
                                                        to,
                                                        dimension,
                                                        seconds,
                                                        dearest.iterator()
                                                                .next()
                                                                .getArrayOfIntegers(0))))
                                .map(overTime -> new Answer(sums, overTime)));
    }

    private static Future<List<UsageRow>> rows(
            SqlConnection connection, String sql, Tuple arguments) {
        return connection
                .preparedQuery(sql)
                .execute(arguments)
                .map(found -> {
                    List<UsageRow> rows = new ArrayList<>(found.size());
                    found.forEach(row -> rows.add(read(row)));
                    return rows;
                });
    }

    private static UsageRow read(Row row) {
        OffsetDateTime time = row.getOffsetDateTime(0);
        return new UsageRow(
                time == null ? null : time.toInstant(),
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getBoolean(11));
    }
}
