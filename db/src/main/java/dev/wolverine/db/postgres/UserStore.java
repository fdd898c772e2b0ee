package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.model.UserRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** People as rows. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}. */
public final class UserStore {

    private static final String SELECT_USER =
            """
            SELECT u.id, u.email, u.password_hash, o.id, o.name, m.role
            FROM users u
            JOIN memberships m ON m.user_id = u.id
            JOIN organisations o ON o.id = m.org_id
            WHERE u.email = ? AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL
            ORDER BY o.created_at, o.id
            LIMIT 1
            """;

    private static final String SELECT_ORGANISATION =
            """
            SELECT m.org_id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = ?
            """;

    /**
     * One statement, so that two platforms that start on one empty database make one organisation:
     * the lock is held until the end of its transaction.
     */
    private static final String LOCK_FIRST_START =
            "SELECT pg_advisory_xact_lock(hashtext('wolverine.first-owner'))";

    private static final String SELECT_ANY_USER = "SELECT EXISTS (SELECT FROM users)";

    private static final String INSERT_OWNER =
            """
            WITH organisation AS (INSERT INTO organisations (name) VALUES (?) RETURNING id),
                 owner AS (INSERT INTO users (email, password_hash) VALUES (?, ?) RETURNING id)
            INSERT INTO memberships (org_id, user_id, role)
            SELECT organisation.id, owner.id, 'owner' FROM organisation, owner
            RETURNING org_id
            """;

    private final DataSource writer;

    public UserStore(DataSource writer) {
        this.writer = writer;
    }

    /**
     * The user with this address, in any case, unless disabled; in the oldest organisation of
     * theirs.
     */
    public Optional<UserRecord> find(String email) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_USER)) {
            select.setString(1, email.toLowerCase(Locale.ROOT));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(user(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqlFailure.of("reading a user", e);
        }
    }

    /** The organisation of an address, whether it may log in or not. */
    public Optional<UUID> organisationOf(String email) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_ORGANISATION)) {
            select.setString(1, email.toLowerCase(Locale.ROOT));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqlFailure.of("reading a user", e);
        }
    }

    /** Whether there is any user at all. */
    public boolean isEmpty() {
        try (Connection connection = writer.getConnection()) {
            return !anyUser(connection);
        } catch (SQLException e) {
            throw SqlFailure.of("counting users", e);
        }
    }

    /**
     * Makes an organisation with its owner, if there is no user yet.
     *
     * @return false if there was one, and nothing was made
     */
    public boolean createFirstOwner(
            String organisation, String email, String passwordHash, Instant at) {
        return Transaction.run(
                writer,
                "creating the first owner",
                connection -> insertFirstOwner(connection, organisation, email, passwordHash, at));
    }

    private static boolean insertFirstOwner(
            Connection connection,
            String organisation,
            String email,
            String passwordHash,
            Instant at)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_FIRST_START)) {
            lock.execute();
        }
        if (anyUser(connection)) {
            return false;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OWNER)) {
            insert.setString(1, organisation);
            insert.setString(2, email);
            insert.setString(3, passwordHash);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                AuditLog.append(
                        connection,
                        AuditEntry.of(
                                row.getObject(1, UUID.class),
                                at,
                                "first start",
                                "organisation.create",
                                organisation,
                                Map.of("owner", email)));
            }
        }
        return true;
    }

    private static boolean anyUser(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_ANY_USER);
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static UserRecord user(ResultSet row) throws SQLException {
        return new UserRecord(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getObject(4, UUID.class),
                row.getString(5),
                Role.ofLabel(row.getString(6)));
    }
}
