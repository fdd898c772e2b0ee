package dev.wolverine.db.reader;

import dev.wolverine.db.ledger.UsageDimension;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What an organisation's servers used in slots of time, each. Never blocks; thread-safe. */
public final class SelectServerUsage {

    private static final String SELECT =
            """
            SELECT sums.*, servers.instance_id, series.dimension::integer AS dimension, series.key, series.category
            FROM (SELECT server_id, series_id, width_bucket(bucket, $4::timestamptz[]) - 1 AS slot,
            """
                    + UsageAmounts.OF_FACTS
                    + """
                          FROM usage_facts
                          WHERE server_id = ANY (ARRAY(SELECT id FROM servers
                                                       WHERE org_id = $1 AND ($2::text IS NULL OR instance_id = $2)))
                                AND bucket >= $5 AND bucket < $6
                                AND series_id = ANY (ARRAY(SELECT id FROM usage_series
                                                           WHERE org_id = $1 AND dimension = ANY ($3::smallint[])))
                          GROUP BY server_id, series_id, slot) AS sums
                    JOIN servers ON servers.id = sums.server_id
                    JOIN usage_series AS series ON series.id = sums.series_id
                    ORDER BY slot, instance_id, dimension, cost_micros DESC, key, category
                    """;

    private final ReaderPool pool;

    public SelectServerUsage(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * By slot, instance id, dimension and falling cost.
     *
     * @param instanceId null: every server
     * @param edges as in {@link SelectFleetUsage}
     */
    public CompletionStage<List<UsageGroup>> execute(
            UUID organisationId,
            @Nullable String instanceId,
            Set<UsageDimension> dimensions,
            List<Instant> edges) {
        OffsetDateTime[] starts =
                edges.subList(0, edges.size() - 1).stream()
                        .map(edge -> edge.atOffset(ZoneOffset.UTC))
                        .toArray(OffsetDateTime[]::new);
        Short[] codes =
                dimensions.stream()
                        .map(dimension -> (short) dimension.code())
                        .toArray(Short[]::new);
        Tuple values =
                Tuple.of(
                        organisationId,
                        instanceId,
                        codes,
                        starts,
                        starts[0],
                        edges.getLast().atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    List<UsageGroup> groups = new ArrayList<>(rows.size());
                    rows.forEach(row ->
                            groups.add(SelectFleetUsage.group(row, row.getString("instance_id"))));
                    return List.copyOf(groups);
                })
                .toCompletionStage();
    }
}
