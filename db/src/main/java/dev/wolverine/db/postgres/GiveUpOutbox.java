package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** Ends everything that waits for a channel. */
final class GiveUpOutbox {

    private static final String UPDATE =
            """
            UPDATE outbox SET state = 'dead', finished_at = ?, last_error = ?
            WHERE channel_id = ? AND state = 'waiting'
            """;

    private GiveUpOutbox() {}

    static void execute(Connection connection, UUID channelId, Instant at, String because)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setObject(1, Columns.utc(at));
            update.setString(2, because);
            update.setObject(3, channelId);
            update.executeUpdate();
        }
    }
}
