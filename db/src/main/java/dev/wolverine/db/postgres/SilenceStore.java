package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.Silence;
import dev.wolverine.db.model.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Silences and maintenance windows. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class SilenceStore {

    private static final String SELECT =
            """
            SELECT id, org_id, maintenance, matchers, reason, starts_at, ends_at, created_at, created_by
            FROM silences WHERE org_id = ? AND ends_at > ? ORDER BY created_at, id LIMIT 1000
            """;

    private static final String INSERT =
            """
            INSERT INTO silences (id, org_id, maintenance, matchers, reason, starts_at, ends_at, created_at, created_by)
            VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
            """;

    private static final String DELETE =
            "DELETE FROM silences WHERE org_id = ? AND id = ? AND maintenance = ?";

    private final DataSource writer;

    public SilenceStore(DataSource writer) {
        this.writer = writer;
    }

    /** The oldest thousand that were not over then. */
    public List<Silence> list(UUID organisationId, Instant since) {
        try (Connection connection = writer.getConnection()) {
            return select(connection, organisationId, since);
        } catch (SQLException e) {
            throw SqlFailure.of("reading silences", e);
        }
    }

    public void create(Silence silence) {
        Transaction.run(
                writer,
                "making a silence",
                connection -> {
                    long head = AlertHeads.lock(connection, silence.organisationId());
                    insert(connection, silence);
                    changed(
                            connection,
                            silence.organisationId(),
                            head,
                            silence.createdAt(),
                            silence.createdBy(),
                            silence.reason());
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    silence.organisationId(),
                                    silence.createdAt(),
                                    silence.createdBy(),
                                    action(silence.maintenance(), "create"),
                                    silence.id().toString(),
                                    Map.of(
                                            "reason", silence.reason(),
                                            "endsAt", silence.endsAt().toString())));
                    return true;
                });
    }

    /** Returns whether there was such a one. */
    public boolean delete(
            UUID organisationId, UUID id, boolean maintenance, String by, Instant at) {
        return Transaction.run(
                writer,
                "ending a silence",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    boolean found = delete(connection, organisationId, id, maintenance);
                    if (found) {
                        changed(connection, organisationId, head, at, by, "ended");
                        AuditLog.append(
                                connection,
                                AuditEntry.of(
                                        organisationId,
                                        at,
                                        by,
                                        action(maintenance, "delete"),
                                        id.toString(),
                                        Map.of()));
                    }
                    return found;
                });
    }

    static List<Silence> select(Connection connection, UUID organisationId, Instant since)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            select.setObject(2, Columns.utc(since));
            List<Silence> silences = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    silences.add(
                            new Silence(
                                    row.getObject("id", UUID.class),
                                    row.getObject("org_id", UUID.class),
                                    row.getBoolean("maintenance"),
                                    AuditDetail.ofJson(row.getString("matchers")),
                                    row.getString("reason"),
                                    Objects.requireNonNull(Columns.instant(row, "starts_at")),
                                    Objects.requireNonNull(Columns.instant(row, "ends_at")),
                                    Objects.requireNonNull(Columns.instant(row, "created_at")),
                                    row.getString("created_by")));
                }
            }
            return List.copyOf(silences);
        }
    }

    private static void insert(Connection connection, Silence silence) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, silence.id());
            insert.setObject(2, silence.organisationId());
            insert.setBoolean(3, silence.maintenance());
            insert.setString(4, AuditDetail.json(silence.matchers()));
            insert.setString(5, silence.reason());
            insert.setObject(6, Columns.utc(silence.startsAt()));
            insert.setObject(7, Columns.utc(silence.endsAt()));
            insert.setObject(8, Columns.utc(silence.createdAt()));
            insert.setString(9, silence.createdBy());
            insert.executeUpdate();
        }
    }

    private static boolean delete(
            Connection connection, UUID organisationId, UUID id, boolean maintenance)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, organisationId);
            delete.setObject(2, id);
            delete.setBoolean(3, maintenance);
            return delete.executeUpdate() == 1;
        }
    }

    private static void changed(
            Connection connection,
            UUID organisationId,
            long head,
            Instant at,
            String by,
            String note)
            throws SQLException {
        AlertHeads.append(
                connection,
                organisationId,
                head,
                List.of(new AlertEvent(null, at, AlertEvent.Change.SILENCES_CHANGED, by, note)));
    }

    private static String action(boolean maintenance, String what) {
        return (maintenance ? "maintenance." : "silence.") + what;
    }
}
