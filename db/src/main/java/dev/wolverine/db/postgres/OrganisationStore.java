package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Organisation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Organisations as rows. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class OrganisationStore {

    private static final String SELECT =
            "SELECT id, name FROM organisations ORDER BY created_at, id LIMIT 10000";

    private static final String INSERT = "INSERT INTO organisations (name) VALUES (?) RETURNING id";

    private final DataSource writer;

    public OrganisationStore(DataSource writer) {
        this.writer = writer;
    }

    /** The oldest 10,000. */
    public List<Organisation> list() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet rows = select.executeQuery()) {
            List<Organisation> organisations = new ArrayList<>();
            while (rows.next()) {
                organisations.add(
                        new Organisation(rows.getObject(1, UUID.class), rows.getString(2)));
            }
            return List.copyOf(organisations);
        } catch (SQLException e) {
            throw SqlFailure.of("listing organisations", e);
        }
    }

    /** Makes an organisation without people. */
    public Organisation create(String name, String by, Instant at) {
        return Transaction.run(
                writer,
                "making an organisation",
                connection -> {
                    Organisation made = insert(connection, name);
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    made.id(), at, by, "organisation.create", name, Map.of()));
                    return made;
                });
    }

    private static Organisation insert(Connection connection, String name) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, name);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return new Organisation(row.getObject(1, UUID.class), name);
            }
        }
    }
}
