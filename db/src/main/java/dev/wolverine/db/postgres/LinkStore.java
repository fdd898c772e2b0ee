package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.OneTimeLink;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.model.SessionEnd;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Links that work once, as rows. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class LinkStore {

    private static final String COLUMNS =
            """
            SELECT l.id, l.org_id, o.name, l.user_id, l.email, l.role, l.created_at, l.created_by, l.expires_at
            FROM links l
            JOIN organisations o ON o.id = l.org_id
            """;

    /** Locked, so that of two who use it at a time one finds it gone. */
    private static final String LOCK =
            COLUMNS + "WHERE l.token_hash = ? AND l.expires_at > ? FOR UPDATE OF l";

    private static final String INSERT =
            """
            INSERT INTO links (token_hash, id, org_id, user_id, email, role, created_at, created_by, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** A new link to somebody takes the place of those that they have: only the last one works. */
    private static final String DELETE_EARLIER =
            "DELETE FROM links WHERE org_id = ? AND (email = ? OR expires_at <= ?)";

    private static final String DELETE_INVITATION =
            "DELETE FROM links WHERE org_id = ? AND id = ? AND user_id IS NULL RETURNING email";

    private static final String DELETE_USED = "DELETE FROM links WHERE id = ?";

    private static final String INSERT_USER =
            """
            INSERT INTO users (email, password_hash) VALUES (?, ?)
            ON CONFLICT (email) DO NOTHING
            RETURNING id
            """;

    private static final String INSERT_MEMBERSHIP =
            "INSERT INTO memberships (org_id, user_id, role) VALUES (?, ?, ?)";

    private final DataSource writer;

    public LinkStore(DataSource writer) {
        this.writer = writer;
    }

    /** Stores a new link; links that the same address had in this organisation end. */
    public void insert(OneTimeLink link, byte[] tokenHash) {
        Transaction.run(
                writer,
                "storing a link",
                connection -> {
                    deleteEarlier(connection, link);
                    insert(connection, link, tokenHash);
                    AuditLog.append(
                            connection,
                            entry(
                                    link,
                                    link.createdAt(),
                                    link.createdBy(),
                                    link.isInvitation() ? "user.invite" : "password.link"));
                    return true;
                });
    }

    /** The invitations of an organisation that are open, newest first; at most 1,000. */
    public List<OneTimeLink> invitations(UUID organisationId, Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                COLUMNS
                                        + """
                                        WHERE l.org_id = ? AND l.user_id IS NULL AND l.expires_at > ?
                                        ORDER BY l.created_at DESC, l.id LIMIT 1000
                                        """)) {
            select.setObject(1, organisationId);
            select.setObject(2, Columns.utc(now));
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("listing invitations", e);
        }
    }

    /** Takes an invitation back; false if the organisation has none with this id. */
    public boolean deleteInvitation(UUID organisationId, UUID id, String by, Instant at) {
        return Transaction.run(
                writer,
                "taking an invitation back",
                connection -> {
                    Optional<String> email = deleteInvitation(connection, organisationId, id);
                    if (email.isPresent()) {
                        AuditLog.append(
                                connection,
                                AuditEntry.of(
                                        organisationId,
                                        at,
                                        by,
                                        "user.uninvite",
                                        email.get(),
                                        Map.of()));
                    }
                    return email.isPresent();
                });
    }

    /** The link with this hash, unless its time is over. */
    public Optional<OneTimeLink> find(byte[] tokenHash, Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                COLUMNS + "WHERE l.token_hash = ? AND l.expires_at > ?")) {
            select.setBytes(1, tokenHash);
            select.setObject(2, Columns.utc(now));
            return read(select).stream().findFirst();
        } catch (SQLException e) {
            throw SqlFailure.of("looking a link up", e);
        }
    }

    /** Uses a link up: makes its user, or gives its user this password. */
    public Use use(byte[] tokenHash, String passwordHash, Instant at) {
        return Transaction.run(
                writer,
                "using a link",
                connection -> {
                    Optional<OneTimeLink> found = lock(connection, tokenHash, at);
                    if (found.isEmpty()) {
                        return new Use.Unknown();
                    }
                    OneTimeLink link = found.get();
                    delete(connection, link.id());
                    UUID userId = link.userId();
                    if (userId != null) {
                        List<SessionEnd> ended =
                                PersonStore.replacePassword(connection, userId, passwordHash);
                        AuditLog.append(
                                connection,
                                entry(link, at, "user:" + link.email(), "password.set"));
                        return new Use.Done(link.email(), ended);
                    }
                    Optional<UUID> joined = insertUser(connection, link, passwordHash);
                    if (joined.isEmpty()) {
                        return new Use.AddressTaken();
                    }
                    insertMembership(connection, link, joined.get());
                    AuditLog.append(
                            connection, entry(link, at, "user:" + link.email(), "user.join"));
                    return new Use.Done(link.email(), List.of());
                });
    }

    private static void deleteEarlier(Connection connection, OneTimeLink link) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_EARLIER)) {
            delete.setObject(1, link.organisationId());
            delete.setString(2, link.email());
            delete.setObject(3, Columns.utc(link.createdAt()));
            delete.executeUpdate();
        }
    }

    private static void insert(Connection connection, OneTimeLink link, byte[] tokenHash)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setBytes(1, tokenHash);
            insert.setObject(2, link.id());
            insert.setObject(3, link.organisationId());
            insert.setObject(4, link.userId());
            insert.setString(5, link.email());
            insert.setString(6, link.role().label());
            insert.setObject(7, Columns.utc(link.createdAt()));
            insert.setString(8, link.createdBy());
            insert.setObject(9, Columns.utc(link.expiresAt()));
            insert.executeUpdate();
        }
    }

    private static Optional<String> deleteInvitation(
            Connection connection, UUID organisationId, UUID id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_INVITATION)) {
            delete.setObject(1, organisationId);
            delete.setObject(2, id);
            try (ResultSet row = delete.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private static Optional<OneTimeLink> lock(Connection connection, byte[] tokenHash, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK)) {
            select.setBytes(1, tokenHash);
            select.setObject(2, Columns.utc(now));
            return read(select).stream().findFirst();
        }
    }

    private static void delete(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_USED)) {
            delete.setObject(1, id);
            delete.executeUpdate();
        }
    }

    private static Optional<UUID> insertUser(
            Connection connection, OneTimeLink link, String passwordHash) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_USER)) {
            insert.setString(1, link.email());
            insert.setString(2, passwordHash);
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
            }
        }
    }

    private static void insertMembership(Connection connection, OneTimeLink link, UUID userId)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_MEMBERSHIP)) {
            insert.setObject(1, link.organisationId());
            insert.setObject(2, userId);
            insert.setString(3, link.role().label());
            insert.executeUpdate();
        }
    }

    private static AuditEntry entry(OneTimeLink link, Instant at, String by, String action) {
        return AuditEntry.of(
                link.organisationId(),
                at,
                by,
                action,
                link.email(),
                Map.of("role", link.role().label()));
    }

    private static List<OneTimeLink> read(PreparedStatement select) throws SQLException {
        List<OneTimeLink> links = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                links.add(
                        new OneTimeLink(
                                row.getObject("id", UUID.class),
                                row.getObject("org_id", UUID.class),
                                row.getString("name"),
                                row.getObject("user_id", UUID.class),
                                row.getString("email"),
                                Role.ofLabel(row.getString("role")),
                                Objects.requireNonNull(Columns.instant(row, "created_at")),
                                row.getString("created_by"),
                                Objects.requireNonNull(Columns.instant(row, "expires_at"))));
            }
        }
        return links;
    }

    /** What became of using a link. */
    public sealed interface Use {

        /** None has this token, or its time is over. */
        record Unknown() implements Use {}

        /** Somebody has an account with the address of the invitation; the link is used up. */
        record AddressTaken() implements Use {}

        /**
         * @param endedSessions the sessions that ended with it
         */
        record Done(String email, List<SessionEnd> endedSessions) implements Use {}
    }
}
