package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Adds up what an organisation's servers used in a quarter of an hour, in the place of what was
 * there. It reads before it writes: whoever follows commits waits for transactions that have
 * written, and this one has only at its end.
 */
final class RecomputeFleetUsage {

    /** By the key of usage_facts, server after server; the bucket alone says which month. */
    private static final String SELECT =
            """
            SELECT series.id, series.dimension, sums.*
            FROM (SELECT series_id, count(*)::integer, sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(tokens)::bigint,
                         sum(calls)::bigint, sum(cost_micros)::bigint, sum(cache_creation_tokens)::bigint, sum(cache_read_tokens)::bigint,
                         sum(cache_savings_micros)::bigint, sum(successes)::bigint, sum(failures)::bigint,
                         coalesce(sum(cost_micros) FILTER (WHERE estimated > 0), 0)::bigint
                  FROM usage_facts
                  WHERE bucket = ? AND server_id = ANY (ARRAY(SELECT id FROM servers WHERE org_id = ?))
                  GROUP BY series_id) AS sums
            JOIN usage_series AS series ON series.id = sums.series_id
            """;

    private static final String DELETE =
            "DELETE FROM fleet_usage WHERE org_id = ? AND dimension BETWEEN 0 AND 6 AND bucket = ?";

    private static final String INSERT =
            """
            INSERT INTO fleet_usage (org_id, bucket, series_id, dimension, servers, input_tokens, output_tokens, tokens, calls,
                cost_micros, cache_creation_tokens, cache_read_tokens, cache_savings_micros, successes, failures, estimated_cost_micros)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final int AMOUNTS = 11;

    private RecomputeFleetUsage() {}

    /** What one series comes to. */
    private record Sum(int seriesId, int dimension, int servers, long[] amounts) {}

    static void execute(Connection connection, ChangedUsage changed) throws SQLException {
        UUID organisationId = changed.organisationId();
        Instant bucket = changed.bucket();
        List<Sum> sums = select(connection, organisationId, bucket);
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setTimestamp(2, Timestamp.from(bucket));
            delete.executeUpdate();
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (Sum sum : sums) {
                insert.setObject(1, organisationId);
                insert.setTimestamp(2, Timestamp.from(bucket));
                insert.setInt(3, sum.seriesId());
                insert.setInt(4, sum.dimension());
                insert.setInt(5, sum.servers());
                for (int i = 0; i < AMOUNTS; i++) {
                    insert.setLong(6 + i, sum.amounts()[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static List<Sum> select(Connection connection, UUID organisationId, Instant bucket)
            throws SQLException {
        List<Sum> sums = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setTimestamp(1, Timestamp.from(bucket));
            select.setObject(2, organisationId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long[] amounts = new long[AMOUNTS];
                    for (int i = 0; i < AMOUNTS; i++) {
                        amounts[i] = row.getLong(5 + i);
                    }
                    sums.add(new Sum(row.getInt(1), row.getInt(2), row.getInt(4), amounts));
                }
            }
        }
        return sums;
    }
}
