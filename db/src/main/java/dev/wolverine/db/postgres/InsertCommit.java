package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/** Leaves word of a group commit for all who follow the write path. */
final class InsertCommit {

    private static final String INSERT =
            "INSERT INTO commits (server_ids, first_ts, heartbeats) VALUES (?, ?, ?)";

    private InsertCommit() {}

    static void execute(
            Connection connection, List<Integer> servers, Instant firstTimestamp, int heartbeats)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(1, connection.createArrayOf("integer", servers.toArray()));
            insert.setTimestamp(2, Timestamp.from(firstTimestamp));
            insert.setInt(3, heartbeats);
            insert.executeUpdate();
        }
    }
}
