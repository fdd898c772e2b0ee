package dev.wolverine.db.postgres;

import dev.wolverine.db.model.StatusBegin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The last change of status of every server of all organisations. Blocking; thread-safe. */
public final class SelectStatusBegins {

    private static final int FETCH_ROWS = 5_000;

    /** LATERAL: the newest row of each server through the key, the newest partition first. */
    private static final String SELECT =
            """
            SELECT states.server_id, last.status, last.ts
            FROM server_states AS states
            CROSS JOIN LATERAL (
                SELECT status, ts FROM status_log
                WHERE status_log.server_id = states.server_id
                ORDER BY ts DESC
                LIMIT 1
            ) AS last
            """;

    private final DataSource writer;

    public SelectStatusBegins(DataSource writer) {
        this.writer = writer;
    }

    /** By the surrogate id of the server. */
    public Map<Integer, StatusBegin> all() {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            Map<Integer, StatusBegin> begins = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setFetchSize(FETCH_ROWS);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        begins.put(
                                row.getInt(1),
                                new StatusBegin(row.getInt(2), row.getTimestamp(3).toInstant()));
                    }
                }
            }
            connection.rollback();
            return begins;
        } catch (SQLException e) {
            throw SqlFailure.of("reading changes of status", e);
        }
    }
}
