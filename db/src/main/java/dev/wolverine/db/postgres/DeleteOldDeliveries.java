package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

/** Deletes messages that were finished long ago, and the log of them. Blocking; thread-safe. */
public final class DeleteOldDeliveries {

    private static final List<String> DELETES =
            List.of(
                    "DELETE FROM outbox WHERE finished_at < ?",
                    "DELETE FROM deliveries WHERE at < ? AND outbox_id IS NULL",
                    "DELETE FROM channel_messages WHERE updated_at < ?");

    private final DataSource writer;

    public DeleteOldDeliveries(DataSource writer) {
        this.writer = writer;
    }

    public void before(Instant time) {
        try (Connection connection = writer.getConnection()) {
            for (String sql : DELETES) {
                try (PreparedStatement delete = connection.prepareStatement(sql)) {
                    delete.setObject(1, Columns.utc(time));
                    delete.executeUpdate();
                }
            }
        } catch (SQLException e) {
            throw SqlFailure.of("deleting old deliveries", e);
        }
    }
}
