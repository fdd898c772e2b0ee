package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.ServerMarks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes what people say of servers: their tags, and which are put away. Blocking; thread-safe.
 * Fails with {@link dev.wolverine.db.StorageException}.
 */
public final class MarkStore {

    private static final int ARCHIVED_AT_ONCE = 500;

    /** Locked, so that of two changes at a time the audit log tells each as it was. */
    private static final String LOCK =
            """
            SELECT servers.id, marks.tags, marks.archived_at
            FROM servers LEFT JOIN server_marks AS marks ON marks.server_id = servers.id
            WHERE servers.org_id = ? AND servers.instance_id = ?
            FOR NO KEY UPDATE OF servers
            """;

    private static final String UPSERT =
            """
            INSERT INTO server_marks (server_id, org_id, tags, archived_at, archived_by) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (server_id) DO UPDATE
            SET tags = excluded.tags, archived_at = excluded.archived_at, archived_by = excluded.archived_by
            """;

    /** The same word that a group commit leaves, of no new beat. */
    private static final String INSERT_COMMIT =
            "INSERT INTO commits (server_ids, first_ts, heartbeats) VALUES (?, now(), 0)";

    private static final String SELECT_SILENT =
            """
            SELECT servers.org_id, servers.instance_id
            FROM current_states AS states
            JOIN servers ON servers.id = states.server_id
            LEFT JOIN server_marks AS marks ON marks.server_id = servers.id
            WHERE states.last_seen < ? AND (marks.archived_at IS NULL OR marks.archived_at < states.last_seen)
            LIMIT ?
            """;

    private final DataSource writer;

    public MarkStore(DataSource writer) {
        this.writer = writer;
    }

    private record Locked(int serverId, ServerMarks marks) {}

    private record Silent(UUID organisationId, String instanceId) {}

    /** Gives a server these tags and no others; false if the organisation has no such server. */
    public boolean tag(
            UUID organisationId, String instanceId, List<String> tags, String by, Instant at) {
        return change(
                organisationId,
                instanceId,
                before -> new ServerMarks(tags, before.archivedAt()),
                by,
                at,
                "server.tag",
                before ->
                        Map.of(
                                "added", String.join(", ", without(tags, before.tags())),
                                "removed", String.join(", ", without(before.tags(), tags))));
    }

    /** Puts a server away; false if the organisation has no such server. */
    public boolean archive(UUID organisationId, String instanceId, String by, Instant at) {
        return change(
                organisationId,
                instanceId,
                before -> new ServerMarks(before.tags(), at),
                by,
                at,
                "server.archive",
                _ -> Map.of());
    }

    /** Takes a server back; false if the organisation has no such server. */
    public boolean unarchive(UUID organisationId, String instanceId, String by, Instant at) {
        return change(
                organisationId,
                instanceId,
                before -> new ServerMarks(before.tags(), null),
                by,
                at,
                "server.unarchive",
                _ -> Map.of());
    }

    /** Puts those away that were last heard before then; returns how many. */
    public int archiveSilent(Instant before, String by, Instant at) {
        int archived = 0;
        List<Silent> silent;
        do {
            silent = silentSince(before);
            for (Silent server : silent) {
                archive(server.organisationId(), server.instanceId(), by, at);
                archived++;
            }
        } while (silent.size() == ARCHIVED_AT_ONCE);
        return archived;
    }

    private List<Silent> silentSince(Instant before) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_SILENT)) {
            select.setObject(1, Columns.utc(before));
            select.setInt(2, ARCHIVED_AT_ONCE);
            List<Silent> silent = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    silent.add(new Silent(row.getObject(1, UUID.class), row.getString(2)));
                }
            }
            return silent;
        } catch (SQLException e) {
            throw SqlFailure.of("looking for silent servers", e);
        }
    }

    private boolean change(
            UUID organisationId,
            String instanceId,
            java.util.function.UnaryOperator<ServerMarks> change,
            String by,
            Instant at,
            String action,
            java.util.function.Function<ServerMarks, Map<String, String>> detail) {
        return Transaction.run(
                writer,
                "marking a server",
                connection -> {
                    Optional<Locked> found = lock(connection, organisationId, instanceId);
                    if (found.isEmpty()) {
                        return false;
                    }
                    ServerMarks before = found.get().marks();
                    int serverId = found.get().serverId();
                    upsert(connection, organisationId, serverId, change.apply(before), by);
                    tell(connection, serverId);
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    organisationId,
                                    at,
                                    by,
                                    action,
                                    instanceId,
                                    detail.apply(before)));
                    return true;
                });
    }

    private static Optional<Locked> lock(
            Connection connection, UUID organisationId, String instanceId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK)) {
            select.setObject(1, organisationId);
            select.setString(2, instanceId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                java.sql.@Nullable Array tags = row.getArray(2);
                return Optional.of(
                        new Locked(
                                row.getInt(1),
                                new ServerMarks(
                                        tags == null
                                                ? List.of()
                                                : List.of((String[]) tags.getArray()),
                                        Columns.instant(row, "archived_at"))));
            }
        }
    }

    private static void upsert(
            Connection connection, UUID organisationId, int serverId, ServerMarks marks, String by)
            throws SQLException {
        Instant archivedAt = marks.archivedAt();
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            upsert.setInt(1, serverId);
            upsert.setObject(2, organisationId);
            upsert.setArray(3, connection.createArrayOf("text", marks.tags().toArray()));
            upsert.setObject(
                    4,
                    archivedAt == null ? null : Columns.utc(archivedAt),
                    Types.TIMESTAMP_WITH_TIMEZONE);
            upsert.setString(5, archivedAt == null ? null : by);
            upsert.executeUpdate();
        }
    }

    private static void tell(Connection connection, int serverId) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_COMMIT)) {
            insert.setArray(1, connection.createArrayOf("integer", new Object[] {serverId}));
            insert.executeUpdate();
        }
    }

    private static Set<String> without(List<String> tags, List<String> others) {
        Set<String> rest = new LinkedHashSet<>(tags);
        others.forEach(rest::remove);
        return rest;
    }
}
