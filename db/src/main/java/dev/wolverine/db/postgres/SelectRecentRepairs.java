package dev.wolverine.db.postgres;

import dev.wolverine.db.model.RepairRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Reads the newest repairs of servers. Blocking; thread-safe. */
public final class SelectRecentRepairs {

    /** Rows of each server. */
    public static final int LIMIT = 64;

    private static final String SELECT =
            """
            SELECT wanted.server_id, made.*
            FROM unnest(?::integer[]) AS wanted (server_id)
            CROSS JOIN LATERAL (
                SELECT ts, repairs, successes, cost_micros, coalesce(last_error, '') AS error
                FROM repairs r
                WHERE r.server_id = wanted.server_id AND r.ts > ?
                ORDER BY r.ts DESC
                LIMIT ?
            ) AS made
            """;

    private final DataSource writer;

    public SelectRecentRepairs(DataSource writer) {
        this.writer = writer;
    }

    /**
     * @param after client time
     */
    public Map<Integer, List<RepairRow>> execute(Collection<Integer> serverIds, Instant after) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(1, connection.createArrayOf("integer", serverIds.toArray()));
            select.setTimestamp(2, java.sql.Timestamp.from(after));
            select.setInt(3, LIMIT);
            Map<Integer, List<RepairRow>> repairs = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    repairs.computeIfAbsent(row.getInt("server_id"), _ -> new ArrayList<>())
                            .add(
                                    new RepairRow(
                                            row.getTimestamp("ts").toInstant(),
                                            row.getString("error"),
                                            row.getLong("repairs"),
                                            row.getLong("successes"),
                                            row.getLong("cost_micros")));
                }
            }
            return repairs;
        } catch (SQLException e) {
            throw SqlFailure.of("reading recent repairs", e);
        }
    }
}
