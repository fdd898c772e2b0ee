package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Takes bodies of an organisation out of quarantine. Blocking; thread-safe. */
public final class DeleteQuarantinedBodies {

    private static final String DELETE =
            "DELETE FROM heartbeat_quarantine WHERE org_id = ? AND id = ANY (?::bigint[])";

    private final DataSource writer;
    private final Clock clock;

    public DeleteQuarantinedBodies(DataSource writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * Returns how many of these ids the organisation had; the audit log says which were wanted.
     *
     * @param by who does it
     * @param action why they go: `quarantine.delete` or `quarantine.replay`
     */
    public int execute(UUID organisationId, Collection<Long> ids, String by, String action) {
        return Transaction.run(
                writer,
                "deleting from quarantine",
                connection -> {
                    int deleted = delete(connection, organisationId, ids);
                    if (deleted > 0) {
                        AuditLog.append(
                                connection, entry(organisationId, ids, deleted, by, action));
                    }
                    return deleted;
                });
    }

    private static int delete(Connection connection, UUID organisationId, Collection<Long> ids)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setArray(2, connection.createArrayOf("bigint", ids.toArray()));
            return delete.executeUpdate();
        }
    }

    private AuditEntry entry(
            UUID organisationId, Collection<Long> ids, int deleted, String by, String action) {
        String target = ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
        return AuditEntry.of(
                organisationId,
                clock.instant(),
                by,
                action,
                target,
                Map.of("bodies", Integer.toString(deleted)));
    }
}
