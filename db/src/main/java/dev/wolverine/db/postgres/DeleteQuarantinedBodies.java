package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import javax.sql.DataSource;

/** Takes bodies of an organisation out of quarantine. Blocking; thread-safe. */
public final class DeleteQuarantinedBodies {

    private static final String DELETE =
            "DELETE FROM heartbeat_quarantine WHERE org_id = ? AND id = ANY (?::bigint[])";

    private final DataSource writer;

    public DeleteQuarantinedBodies(DataSource writer) {
        this.writer = writer;
    }

    /** Returns how many of these ids the organisation had. */
    public int execute(UUID organisationId, Collection<Long> ids) {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setArray(2, connection.createArrayOf("bigint", ids.toArray()));
            return delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting from quarantine", e);
        }
    }
}
