package dev.wolverine.db.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Compares what an organisation used, as it is kept, with the sum over its servers. What is still
 * to be added up is left out. Blocking; thread-safe.
 */
public final class CompareFleetUsage {

    private static final String SELECT =
            """
            WITH unsettled AS (
                SELECT bucket FROM fleet_usage_stale WHERE org_id = ?
                UNION
                SELECT changed.bucket FROM commits, unnest(usage_orgs, usage_buckets) AS changed (org_id, bucket)
                WHERE xid >= (SELECT commits_cursor FROM fleet_usage_progress) AND changed.org_id = ?
            ), kept AS (
                SELECT bucket, series_id, tokens, calls, cost_micros, cache_savings_micros, servers
                FROM fleet_usage
                WHERE org_id = ? AND dimension BETWEEN 0 AND 6 AND bucket >= ? AND bucket < ?
            ), summed AS (
                SELECT bucket, series_id, sum(tokens) AS tokens, sum(calls) AS calls, sum(cost_micros) AS cost_micros,
                       sum(cache_savings_micros) AS cache_savings_micros, count(*) AS servers
                FROM usage_facts
                WHERE server_id = ANY (ARRAY(SELECT id FROM servers WHERE org_id = ?)) AND bucket >= ? AND bucket < ?
                GROUP BY bucket, series_id
            )
            SELECT count(*)
            FROM kept FULL JOIN summed USING (bucket, series_id)
            WHERE bucket NOT IN (SELECT bucket FROM unsettled)
                  AND (kept.tokens, kept.calls, kept.cost_micros, kept.cache_savings_micros, kept.servers)
                      IS DISTINCT FROM (summed.tokens, summed.calls, summed.cost_micros, summed.cache_savings_micros, summed.servers)
            """;

    private final DataSource writer;

    public CompareFleetUsage(DataSource writer) {
        this.writer = writer;
    }

    /** How many rows differ, missing and surplus ones among them. */
    public long differing(UUID organisationId, Instant from, Instant to) {
        return Transaction.run(
                writer,
                "comparing the usage of a fleet",
                connection -> {
                    try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                        select.setObject(1, organisationId);
                        select.setObject(2, organisationId);
                        for (int first : new int[] {3, 6}) {
                            select.setObject(first, organisationId);
                            select.setTimestamp(first + 1, Timestamp.from(from));
                            select.setTimestamp(first + 2, Timestamp.from(to));
                        }
                        try (ResultSet row = select.executeQuery()) {
                            row.next();
                            return row.getLong(1);
                        }
                    }
                });
    }
}
