package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.SavedView;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Writes the views that an organisation has kept. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class SavedViewStore {

    /** Of one organisation. */
    public static final int MAX_VIEWS = 200;

    private static final String INSERT =
            """
            INSERT INTO saved_views (id, org_id, name, query, created_at, created_by, changed_at)
            SELECT ?, ?, ?, ?, ?, ?, ?
            WHERE (SELECT count(*) FROM saved_views WHERE org_id = ?) < ?
            """;

    private static final String UPDATE =
            """
            UPDATE saved_views SET name = ?, query = ?, changed_at = ?
            WHERE org_id = ? AND id = ?
            RETURNING id, name, query, created_at, created_by, changed_at
            """;

    private static final String DELETE =
            """
            DELETE FROM saved_views WHERE org_id = ? AND id = ?
            RETURNING id, name, query, created_at, created_by, changed_at
            """;

    private final DataSource writer;

    public SavedViewStore(DataSource writer) {
        this.writer = writer;
    }

    /** False if there are as many as there may be. */
    public boolean insert(UUID organisationId, SavedView view) {
        return Transaction.run(
                writer,
                "keeping a view",
                connection -> {
                    if (!inserted(connection, organisationId, view)) {
                        return false;
                    }
                    audit(
                            connection,
                            organisationId,
                            view.createdAt(),
                            view.createdBy(),
                            "view.create",
                            view);
                    return true;
                });
    }

    /**
     * Gives a view another name and query; empty if the organisation has no such view.
     *
     * @param view with the id of the one that is changed
     */
    public Optional<SavedView> update(UUID organisationId, SavedView view, String by) {
        return Transaction.run(
                writer,
                "changing a view",
                connection -> {
                    Optional<SavedView> changed = updated(connection, organisationId, view);
                    if (changed.isPresent()) {
                        audit(
                                connection,
                                organisationId,
                                view.changedAt(),
                                by,
                                "view.change",
                                view);
                    }
                    return changed;
                });
    }

    /** False if the organisation has no such view. */
    public boolean delete(UUID organisationId, UUID id, String by, Instant at) {
        return Transaction.run(
                writer,
                "deleting a view",
                connection -> {
                    Optional<SavedView> view = deleted(connection, organisationId, id);
                    if (view.isPresent()) {
                        audit(connection, organisationId, at, by, "view.delete", view.get());
                    }
                    return view.isPresent();
                });
    }

    private static boolean inserted(Connection connection, UUID organisationId, SavedView view)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, view.id());
            insert.setObject(2, organisationId);
            insert.setString(3, view.name());
            insert.setString(4, view.query());
            insert.setObject(5, Columns.utc(view.createdAt()));
            insert.setString(6, view.createdBy());
            insert.setObject(7, Columns.utc(view.changedAt()));
            insert.setObject(8, organisationId);
            insert.setInt(9, MAX_VIEWS);
            return insert.executeUpdate() == 1;
        }
    }

    private static Optional<SavedView> updated(
            Connection connection, UUID organisationId, SavedView view) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setString(1, view.name());
            update.setString(2, view.query());
            update.setObject(3, Columns.utc(view.changedAt()));
            update.setObject(4, organisationId);
            update.setObject(5, view.id());
            return read(update);
        }
    }

    private static Optional<SavedView> deleted(Connection connection, UUID organisationId, UUID id)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setObject(2, id);
            return read(delete);
        }
    }

    private static Optional<SavedView> read(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(
                            new SavedView(
                                    row.getObject(1, UUID.class),
                                    row.getString(2),
                                    row.getString(3),
                                    row.getTimestamp(4).toInstant(),
                                    row.getString(5),
                                    row.getTimestamp(6).toInstant()))
                    : Optional.empty();
        }
    }

    private static void audit(
            Connection connection,
            UUID organisationId,
            Instant at,
            String by,
            String action,
            SavedView view)
            throws SQLException {
        AuditLog.append(
                connection,
                AuditEntry.of(
                        organisationId,
                        at,
                        by,
                        action,
                        view.id().toString(),
                        Map.of("name", view.name(), "query", view.query())));
    }
}
