package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.ChannelRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * Where people are told. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class ChannelStore {

    /** More are a mistake. */
    public static final int MOST_OF_ORGANISATION = 100;

    private static final String SELECT = "SELECT " + ChannelRows.COLUMNS + " FROM channels c ";

    private static final String INSERT =
            """
            INSERT INTO channels (id, org_id, name, kind, settings, secret, min_severity, enabled, created_at, created_by)
            SELECT ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?
            WHERE (SELECT count(*) FROM channels WHERE org_id = ?) < ?
            ON CONFLICT (org_id, name) DO NOTHING
            """;

    private static final String UPDATE =
            """
            UPDATE channels SET name = ?, settings = ?::jsonb, secret = ?, min_severity = ?, enabled = ?, disabled_because = ?
            WHERE org_id = ? AND id = ?
            """;

    private static final String SELECT_NAME_TAKEN =
            "SELECT EXISTS (SELECT FROM channels WHERE org_id = ? AND name = ? AND id <> ?)";

    private static final String DELETE =
            "DELETE FROM channels WHERE org_id = ? AND id = ? RETURNING kind";

    private final DataSource writer;

    public ChannelStore(DataSource writer) {
        this.writer = writer;
    }

    /** What became of making or changing a channel. */
    public enum Change {
        DONE,
        /** The organisation has no such channel. */
        UNKNOWN,
        /** Another one of the organisation has the name, or there are too many. */
        TAKEN
    }

    /** All of an organisation, by name. */
    public List<ChannelRecord> list(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                SELECT + "WHERE c.org_id = ? ORDER BY c.name, c.id")) {
            select.setObject(1, organisationId);
            return ChannelRows.read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("listing channels", e);
        }
    }

    public Optional<ChannelRecord> find(UUID organisationId, UUID id) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(SELECT + "WHERE c.org_id = ? AND c.id = ?")) {
            select.setObject(1, organisationId);
            select.setObject(2, id);
            return ChannelRows.read(select).stream().findFirst();
        } catch (SQLException e) {
            throw SqlFailure.of("looking a channel up", e);
        }
    }

    /**
     * Of whatever organisation: for who comes with the channel's own secret instead of a
     * credential.
     */
    public Optional<ChannelRecord> findByItsSecret(UUID id) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT + "WHERE c.id = ?")) {
            select.setObject(1, id);
            return ChannelRows.read(select).stream().findFirst();
        } catch (SQLException e) {
            throw SqlFailure.of("looking a channel up", e);
        }
    }

    /** The audit log names {@link ChannelRecord#createdBy()}. */
    public Change insert(ChannelRecord channel) {
        return Transaction.run(
                writer,
                "storing a channel",
                connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                        insert.setObject(1, channel.id());
                        insert.setObject(2, channel.organisationId());
                        insert.setString(3, channel.name());
                        insert.setString(4, channel.kind().label());
                        insert.setString(5, channel.settings());
                        insert.setBytes(6, channel.secret());
                        insert.setInt(7, channel.minSeverity());
                        insert.setBoolean(8, channel.enabled());
                        insert.setObject(9, Columns.utc(channel.createdAt()));
                        insert.setString(10, channel.createdBy());
                        insert.setObject(11, channel.organisationId());
                        insert.setInt(12, MOST_OF_ORGANISATION);
                        if (insert.executeUpdate() == 0) {
                            return Change.TAKEN;
                        }
                    }
                    AuditLog.append(
                            connection,
                            entry(
                                    channel,
                                    channel.createdAt(),
                                    channel.createdBy(),
                                    "channel.create"));
                    return Change.DONE;
                });
    }

    /**
     * Changes a channel; what waits for one that is disabled by it is given up.
     *
     * @param change of name, settings, secret, severity and whether it is enabled: nothing else of
     *     what it returns is looked at
     */
    public Change update(
            UUID organisationId,
            UUID id,
            UnaryOperator<ChannelRecord> change,
            Instant at,
            String by) {
        return Transaction.run(
                writer,
                "changing a channel",
                connection -> {
                    Optional<ChannelRecord> before = lock(connection, organisationId, id);
                    if (before.isEmpty()) {
                        return Change.UNKNOWN;
                    }
                    ChannelRecord after = change.apply(before.get());
                    if (isTaken(connection, after)) {
                        return Change.TAKEN;
                    }
                    update(connection, after);
                    if (!after.enabled()) {
                        GiveUpOutbox.execute(connection, id, at, "the channel was disabled");
                    }
                    AuditLog.append(connection, entry(after, at, by, "channel.change"));
                    return Change.DONE;
                });
    }

    /** False if the organisation has none with this id. */
    public boolean delete(UUID organisationId, UUID id, Instant at, String by) {
        return Transaction.run(
                writer,
                "deleting a channel",
                connection -> {
                    Optional<ChannelRecord> channel = lock(connection, organisationId, id);
                    if (channel.isEmpty()) {
                        return false;
                    }
                    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                        delete.setObject(1, organisationId);
                        delete.setObject(2, id);
                        delete.execute();
                    }
                    AuditLog.append(connection, entry(channel.get(), at, by, "channel.delete"));
                    return true;
                });
    }

    private static Optional<ChannelRecord> lock(Connection connection, UUID organisationId, UUID id)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        SELECT + "WHERE c.org_id = ? AND c.id = ? FOR NO KEY UPDATE")) {
            select.setObject(1, organisationId);
            select.setObject(2, id);
            return ChannelRows.read(select).stream().findFirst();
        }
    }

    private static boolean isTaken(Connection connection, ChannelRecord channel)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_NAME_TAKEN)) {
            select.setObject(1, channel.organisationId());
            select.setString(2, channel.name());
            select.setObject(3, channel.id());
            try (var row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void update(Connection connection, ChannelRecord after) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setString(1, after.name());
            update.setString(2, after.settings());
            update.setBytes(3, after.secret());
            update.setInt(4, after.minSeverity());
            update.setBoolean(5, after.enabled());
            update.setString(6, after.disabledBecause());
            update.setObject(7, after.organisationId());
            update.setObject(8, after.id());
            update.executeUpdate();
        }
    }

    private static AuditEntry entry(ChannelRecord channel, Instant at, String by, String action) {
        return AuditEntry.of(
                channel.organisationId(),
                at,
                by,
                action,
                channel.id().toString(),
                Map.of(
                        "name",
                        channel.name(),
                        "kind",
                        channel.kind().label(),
                        "enabled",
                        Boolean.toString(channel.enabled())));
    }
}
