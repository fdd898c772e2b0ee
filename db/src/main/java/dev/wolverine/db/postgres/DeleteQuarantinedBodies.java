package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** Takes one body out of quarantine. Blocking; thread-safe. */
public final class DeleteQuarantinedBody {

    private static final String DELETE =
            "DELETE FROM heartbeat_quarantine WHERE org_id = ? AND id = ?";

    private final DataSource writer;

    public DeleteQuarantinedBody(DataSource writer) {
        this.writer = writer;
    }

    /** False if the organisation has none with this id. */
    public boolean execute(UUID organisationId, long id) {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setLong(2, id);
            return delete.executeUpdate() == 1;
        } catch (SQLException e) {
            throw SqlFailure.of("deleting from quarantine", e);
        }
    }
}
