package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.OpenSession;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.model.SessionRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Logins as rows. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}. */
public final class SessionStore {

    private static final String INSERT_SESSION =
            """
            INSERT INTO sessions (token_hash, org_id, user_id, csrf_token, created_at, last_used_at, expires_at,
                                  address, agent)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String SELECT_SESSION =
            """
            SELECT s.token_hash, s.org_id, o.name, s.user_id, u.email, m.role, s.csrf_token,
                   s.created_at, s.last_used_at, s.expires_at
            FROM sessions s
            JOIN users u ON u.id = s.user_id
            JOIN organisations o ON o.id = s.org_id
            JOIN memberships m ON m.org_id = s.org_id AND m.user_id = s.user_id
            WHERE s.token_hash = ? AND s.expires_at > ? AND s.last_used_at > ? AND u.disabled_at IS NULL
            """;

    private static final String UPDATE_LAST_USED =
            "UPDATE sessions SET last_used_at = ? WHERE token_hash = ? AND last_used_at < ?";

    private static final String UPDATE_LAST_LOGIN =
            "UPDATE users SET last_login_at = ? WHERE id = ?";

    private static final String SELECT_OPEN =
            """
            SELECT id, token_hash, created_at, last_used_at, expires_at, address, agent
            FROM sessions
            WHERE org_id = ? AND user_id = ? AND expires_at > ? AND last_used_at > ?
            ORDER BY last_used_at DESC, id
            LIMIT 1000
            """;

    private static final String DELETE_OWN =
            "DELETE FROM sessions WHERE org_id = ? AND user_id = ? AND id = ? RETURNING token_hash";

    private static final String DELETE_SESSION =
            """
            DELETE FROM sessions s USING users u
            WHERE u.id = s.user_id AND s.token_hash = ?
            RETURNING s.id, s.org_id, u.email
            """;

    private static final String DELETE_DEAD_SESSIONS =
            "DELETE FROM sessions WHERE expires_at <= ? OR last_used_at <= ?";

    private final DataSource writer;

    public SessionStore(DataSource writer) {
        this.writer = writer;
    }

    /** Stores a new session: its user has logged in. */
    public void insert(SessionRecord session, LoginOrigin origin) {
        Transaction.run(
                writer,
                "creating a session",
                connection -> {
                    insert(connection, session, origin);
                    setLastLogin(connection, session);
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    session.organisationId(),
                                    session.createdAt(),
                                    "user:" + session.email(),
                                    "session.begin",
                                    session.email(),
                                    Map.of("address", origin.address())));
                    return true;
                });
    }

    /** The live sessions of a person, the last used first; at most 1,000. */
    public List<OpenSession> list(
            UUID organisationId, UUID userId, Instant now, Instant idleSince) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_OPEN)) {
            select.setObject(1, organisationId);
            select.setObject(2, userId);
            select.setObject(3, utc(now));
            select.setObject(4, utc(idleSince));
            List<OpenSession> sessions = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    sessions.add(
                            new OpenSession(
                                    row.getObject(1, UUID.class),
                                    row.getBytes(2),
                                    row.getObject(3, OffsetDateTime.class).toInstant(),
                                    row.getObject(4, OffsetDateTime.class).toInstant(),
                                    row.getObject(5, OffsetDateTime.class).toInstant(),
                                    new LoginOrigin(row.getString(6), row.getString(7))));
                }
            }
            return sessions;
        } catch (SQLException e) {
            throw SqlFailure.of("listing sessions", e);
        }
    }

    /** Ends a session of its owner's choice; empty if they have none with this id. */
    public Optional<SessionEnd> delete(SessionRecord by, UUID id, Instant at) {
        return Transaction.run(
                writer,
                "ending a session",
                connection -> {
                    Optional<byte[]> ended = delete(connection, by, id);
                    if (ended.isPresent()) {
                        AuditLog.append(connection, ended(by.organisationId(), by.email(), id, at));
                    }
                    return ended.map(hash -> SessionEnd.of(by.organisationId(), hash));
                });
    }

    /**
     * The session with this hash, if it has not ended at {@code now} and was used after {@code
     * idleSince}.
     */
    public Optional<SessionRecord> find(byte[] tokenHash, Instant now, Instant idleSince) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_SESSION)) {
            select.setBytes(1, tokenHash);
            select.setObject(2, utc(now));
            select.setObject(3, utc(idleSince));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(session(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqlFailure.of("reading a session", e);
        }
    }

    /** Notes that the session was used; never turns the time back. */
    public void touch(byte[] tokenHash, Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement update = connection.prepareStatement(UPDATE_LAST_USED)) {
            update.setObject(1, utc(now));
            update.setBytes(2, tokenHash);
            update.setObject(3, utc(now));
            update.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("noting the use of a session", e);
        }
    }

    /** Ends the session with this hash, in its person's name; empty if there is none. */
    public Optional<SessionEnd> delete(byte[] tokenHash, Instant at) {
        return Transaction.run(
                writer,
                "ending a session",
                connection -> {
                    try (PreparedStatement delete = connection.prepareStatement(DELETE_SESSION)) {
                        delete.setBytes(1, tokenHash);
                        try (ResultSet row = delete.executeQuery()) {
                            if (!row.next()) {
                                return Optional.empty();
                            }
                            UUID organisationId = row.getObject(2, UUID.class);
                            AuditLog.append(
                                    connection,
                                    ended(
                                            organisationId,
                                            row.getString(3),
                                            row.getObject(1, UUID.class),
                                            at));
                            return Optional.of(SessionEnd.of(organisationId, tokenHash));
                        }
                    }
                });
    }

    /** Clears away what {@link #find} would no longer find; returns how many. */
    public int deleteDead(Instant now, Instant idleSince) {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE_DEAD_SESSIONS)) {
            delete.setObject(1, utc(now));
            delete.setObject(2, utc(idleSince));
            return delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("clearing sessions away", e);
        }
    }

    private static void insert(Connection connection, SessionRecord session, LoginOrigin origin)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_SESSION)) {
            insert.setBytes(1, session.tokenHash());
            insert.setObject(2, session.organisationId());
            insert.setObject(3, session.userId());
            insert.setString(4, session.csrfToken());
            insert.setObject(5, utc(session.createdAt()));
            insert.setObject(6, utc(session.lastUsedAt()));
            insert.setObject(7, utc(session.expiresAt()));
            insert.setString(8, origin.address());
            insert.setString(9, origin.agent());
            insert.executeUpdate();
        }
    }

    private static void setLastLogin(Connection connection, SessionRecord session)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE_LAST_LOGIN)) {
            update.setObject(1, utc(session.createdAt()));
            update.setObject(2, session.userId());
            update.executeUpdate();
        }
    }

    private static Optional<byte[]> delete(Connection connection, SessionRecord by, UUID id)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_OWN)) {
            delete.setObject(1, by.organisationId());
            delete.setObject(2, by.userId());
            delete.setObject(3, id);
            try (ResultSet row = delete.executeQuery()) {
                return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
            }
        }
    }

    private static AuditEntry ended(UUID organisationId, String email, UUID id, Instant at) {
        return AuditEntry.of(
                organisationId, at, "user:" + email, "session.end", id.toString(), Map.of());
    }

    private static SessionRecord session(ResultSet row) throws SQLException {
        return new SessionRecord(
                row.getBytes(1),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getObject(4, UUID.class),
                row.getString(5),
                Role.ofLabel(row.getString(6)),
                row.getString(7),
                row.getObject(8, OffsetDateTime.class).toInstant(),
                row.getObject(9, OffsetDateTime.class).toInstant(),
                row.getObject(10, OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
