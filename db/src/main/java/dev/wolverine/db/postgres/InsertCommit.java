package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/** Leaves word of a group commit for all who follow the write path. */
final class InsertCommit {

    private static final String INSERT =
            """
            INSERT INTO commits (server_ids, first_ts, heartbeats, late_servers, late_from) VALUES (?, ?, ?, ?, ?)
            """;

    private InsertCommit() {}

    /**
     * @param lateFrom earliest new beat of each server that has newer ones, by server
     */
    static void execute(
            Connection connection,
            List<Integer> servers,
            Instant firstTimestamp,
            int heartbeats,
            SortedMap<Integer, Instant> lateFrom)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(1, connection.createArrayOf("integer", servers.toArray()));
            insert.setTimestamp(2, Timestamp.from(firstTimestamp));
            insert.setInt(3, heartbeats);
            insert.setArray(4, connection.createArrayOf("integer", lateFrom.keySet().toArray()));
            insert.setArray(
                    5,
                    connection.createArrayOf(
                            "timestamptz",
                            lateFrom.values().stream().map(Timestamp::from).toArray()));
            insert.executeUpdate();
        }
    }
}
