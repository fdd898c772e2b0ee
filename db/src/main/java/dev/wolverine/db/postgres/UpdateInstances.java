package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SortedMap;

/** Notes how many runners beat beside each other under a server's id. */
final class UpdateInstances {

    private static final String UPDATE =
            "UPDATE server_states SET instances = ? WHERE server_id = ?";

    private UpdateInstances() {}

    static void execute(Connection connection, SortedMap<Integer, Integer> instances)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            for (var entry : instances.entrySet()) {
                update.setInt(1, entry.getValue());
                update.setInt(2, entry.getKey());
                update.addBatch();
            }
            update.executeBatch();
        }
    }
}
