package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import javax.sql.DataSource;

/** Ends the time of bodies in quarantine. Blocking; thread-safe. */
public final class DeleteQuarantine {

    private static final String DELETE = "DELETE FROM heartbeat_quarantine WHERE received_at < ?";

    private final DataSource writer;

    public DeleteQuarantine(DataSource writer) {
        this.writer = writer;
    }

    /** Deletes what came before this time, of all organisations; returns how many. */
    public int before(Instant horizon) {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setTimestamp(1, Timestamp.from(horizon));
            return delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting old quarantine", e);
        }
    }
}
