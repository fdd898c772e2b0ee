package dev.wolverine.db.reader;

import dev.wolverine.db.ledger.UsageDimension;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What an organisation used in slots of time, from sums over its servers: however many these are,
 * and however many beats are stored. Never blocks; thread-safe.
 */
public final class SelectFleetUsage {

    /**
     * Slot by slot: grouped by both at once, the planner fears as many groups as rows, and sorts.
     */
    private static final String SELECT =
            """
            SELECT (slots.number - 1)::integer AS slot, sums.*, series.key, series.category
            FROM unnest($3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS slots (began, ended, number)
            CROSS JOIN LATERAL (
                SELECT series_id, dimension::integer AS dimension,
            """
                    + UsageAmounts.OF_FLEET
                    + """
                        FROM fleet_usage
                        WHERE org_id = $1 AND dimension = ANY ($2::smallint[]) AND bucket >= slots.began AND bucket < slots.ended
                        GROUP BY series_id, dimension) AS sums
                    JOIN usage_series AS series ON series.id = sums.series_id
                    ORDER BY slot, dimension, cost_micros DESC, key, category
                    """;

    private final ReaderPool pool;

    public SelectFleetUsage(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * By slot, dimension and falling cost.
     *
     * @param edges where slots begin, and the last ends: whole quarters of an hour, ascending, two
     *     at least
     */
    public CompletionStage<List<UsageGroup>> execute(
            UUID organisationId, Set<UsageDimension> dimensions, List<Instant> edges) {
        OffsetDateTime[] times =
                edges.stream()
                        .map(edge -> edge.atOffset(ZoneOffset.UTC))
                        .toArray(OffsetDateTime[]::new);
        Short[] codes =
                dimensions.stream()
                        .map(dimension -> (short) dimension.code())
                        .toArray(Short[]::new);
        Tuple values =
                Tuple.of(
                        organisationId,
                        codes,
                        Arrays.copyOf(times, times.length - 1),
                        Arrays.copyOfRange(times, 1, times.length));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    List<UsageGroup> groups = new ArrayList<>(rows.size());
                    rows.forEach(row -> groups.add(group(row, "")));
                    return List.copyOf(groups);
                })
                .toCompletionStage();
    }

    static UsageGroup group(Row row, String server) {
        return new UsageGroup(
                row.getInteger("slot"),
                server,
                UsageDimension.ofCode(row.getInteger("dimension")),
                row.getString("key"),
                row.getString("category"),
                UsageAmounts.of(row));
    }
}
