package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Person;
import dev.wolverine.db.model.PersonChange;
import dev.wolverine.db.model.Principal;
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
import org.jspecify.annotations.Nullable;

/**
 * The people of an organisation, as who looks after them sees them. Every change is in the audit
 * log, and ends the sessions that it makes untrue.
 *
 * <p>Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}.
 */
public final class PersonStore {

    private static final String SELECT =
            """
            SELECT u.id, u.email, m.role, u.created_at, u.last_login_at, u.disabled_at
            FROM memberships m
            JOIN users u ON u.id = m.user_id
            WHERE m.org_id = ?
            """;

    /** All of an organisation: whether the last owner goes is then sure. */
    private static final String LOCK_MEMBERS =
            "SELECT FROM memberships WHERE org_id = ? ORDER BY user_id FOR UPDATE";

    private static final String UPDATE_ROLE =
            "UPDATE memberships SET role = ? WHERE org_id = ? AND user_id = ?";

    private static final String UPDATE_DISABLED = "UPDATE users SET disabled_at = ? WHERE id = ?";

    private static final String UPDATE_PASSWORD = "UPDATE users SET password_hash = ? WHERE id = ?";

    private static final String DELETE_SESSIONS =
            "DELETE FROM sessions WHERE user_id = ? AND token_hash <> ? RETURNING org_id, token_hash";

    private static final String DELETE_LINKS = "DELETE FROM links WHERE user_id = ?";

    private static final byte[] NONE = new byte[0];

    private final DataSource writer;

    public PersonStore(DataSource writer) {
        this.writer = writer;
    }

    /** Everybody, by address; at most 10,000. */
    public List<Person> list(UUID organisationId) {
        try (Connection connection = writer.getConnection()) {
            return read(connection, SELECT + "ORDER BY u.email LIMIT 10000", organisationId);
        } catch (SQLException e) {
            throw SqlFailure.of("listing people", e);
        }
    }

    public Optional<Person> find(UUID organisationId, UUID userId) {
        try (Connection connection = writer.getConnection()) {
            return find(connection, organisationId, userId);
        } catch (SQLException e) {
            throw SqlFailure.of("reading a person", e);
        }
    }

    /** Gives another role. */
    public PersonChange changeRole(Principal by, UUID userId, Role role, Instant at) {
        return change(
                by,
                userId,
                (connection, person) -> {
                    if (!by.role().reaches(role)) {
                        return PersonChange.refused(PersonChange.Outcome.ABOVE);
                    }
                    if (role != Role.OWNER && isLastOwner(connection, by, person)) {
                        return PersonChange.refused(PersonChange.Outcome.LAST_OWNER);
                    }
                    try (PreparedStatement update = connection.prepareStatement(UPDATE_ROLE)) {
                        update.setString(1, role.label());
                        update.setObject(2, by.organisationId());
                        update.setObject(3, userId);
                        update.executeUpdate();
                    }
                    List<SessionEnd> ended = endSessions(connection, userId, NONE);
                    Map<String, String> detail =
                            Map.of("from", person.role().label(), "to", role.label());
                    append(connection, by, at, "user.role", person, detail);
                    return PersonChange.done(ended);
                });
    }

    /** Lets a person in no longer. */
    public PersonChange disable(Principal by, UUID userId, Instant at) {
        return change(
                by,
                userId,
                (connection, person) -> {
                    if (isLastOwner(connection, by, person)) {
                        return PersonChange.refused(PersonChange.Outcome.LAST_OWNER);
                    }
                    setDisabled(connection, userId, at);
                    deleteLinks(connection, userId);
                    List<SessionEnd> ended = endSessions(connection, userId, NONE);
                    append(connection, by, at, "user.disable", person, Map.of());
                    return PersonChange.done(ended);
                });
    }

    /** Lets a person in again. */
    public PersonChange enable(Principal by, UUID userId, Instant at) {
        return change(
                by,
                userId,
                (connection, person) -> {
                    setDisabled(connection, userId, null);
                    append(connection, by, at, "user.enable", person, Map.of());
                    return PersonChange.done(List.of());
                });
    }

    /** Ends all sessions of a person. */
    public PersonChange logOut(Principal by, UUID userId, Instant at) {
        return change(
                by,
                userId,
                (connection, person) -> {
                    List<SessionEnd> ended = endSessions(connection, userId, NONE);
                    append(connection, by, at, "user.log_out", person, Map.of());
                    return PersonChange.done(ended);
                });
    }

    /**
     * A new password by who has the old one; all sessions end but the one that asks.
     *
     * @return those that ended
     */
    public List<SessionEnd> changeOwnPassword(
            Principal by, UUID userId, String passwordHash, byte[] keptSession, Instant at) {
        return Transaction.run(
                writer,
                "changing a password",
                connection -> {
                    setPassword(connection, userId, passwordHash);
                    List<SessionEnd> ended = endSessions(connection, userId, keptSession);
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    by.organisationId(),
                                    at,
                                    by.subject(),
                                    "password.change",
                                    userId.toString(),
                                    Map.of()));
                    return ended;
                });
    }

    /** A new password, and the end of what the old one has opened: sessions and links. */
    static List<SessionEnd> replacePassword(Connection connection, UUID userId, String passwordHash)
            throws SQLException {
        setPassword(connection, userId, passwordHash);
        deleteLinks(connection, userId);
        return endSessions(connection, userId, NONE);
    }

    private static void setPassword(Connection connection, UUID userId, String passwordHash)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE_PASSWORD)) {
            update.setString(1, passwordHash);
            update.setObject(2, userId);
            update.executeUpdate();
        }
    }

    private PersonChange change(Principal by, UUID userId, Change change) {
        return Transaction.run(
                writer,
                "changing a person",
                connection -> {
                    lockMembers(connection, by.organisationId());
                    Optional<Person> person = find(connection, by.organisationId(), userId);
                    if (person.isEmpty()) {
                        return PersonChange.refused(PersonChange.Outcome.UNKNOWN);
                    }
                    if (!by.role().reaches(person.get().role())) {
                        return PersonChange.refused(PersonChange.Outcome.ABOVE);
                    }
                    return change.of(connection, person.get());
                });
    }

    private static void lockMembers(Connection connection, UUID organisationId)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_MEMBERS)) {
            lock.setObject(1, organisationId);
            lock.execute();
        }
    }

    private static boolean isLastOwner(Connection connection, Principal by, Person person)
            throws SQLException {
        return person.role() == Role.OWNER
                && read(connection, SELECT, by.organisationId()).stream()
                        .filter(other -> !other.id().equals(person.id()))
                        .noneMatch(
                                other -> other.role() == Role.OWNER && other.disabledAt() == null);
    }

    private static void setDisabled(Connection connection, UUID userId, @Nullable Instant at)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE_DISABLED)) {
            update.setObject(1, at == null ? null : Columns.utc(at));
            update.setObject(2, userId);
            update.executeUpdate();
        }
    }

    private static void deleteLinks(Connection connection, UUID userId) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_LINKS)) {
            delete.setObject(1, userId);
            delete.executeUpdate();
        }
    }

    private static List<SessionEnd> endSessions(Connection connection, UUID userId, byte[] kept)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_SESSIONS)) {
            delete.setObject(1, userId);
            delete.setBytes(2, kept);
            List<SessionEnd> ended = new ArrayList<>();
            try (ResultSet row = delete.executeQuery()) {
                while (row.next()) {
                    ended.add(SessionEnd.of(row.getObject(1, UUID.class), row.getBytes(2)));
                }
            }
            return ended;
        }
    }

    private static void append(
            Connection connection,
            Principal by,
            Instant at,
            String action,
            Person person,
            Map<String, String> detail)
            throws SQLException {
        AuditLog.append(
                connection,
                AuditEntry.of(
                        by.organisationId(), at, by.subject(), action, person.email(), detail));
    }

    private static Optional<Person> find(Connection connection, UUID organisationId, UUID userId)
            throws SQLException {
        return read(connection, SELECT + "AND u.id = ?", organisationId, userId).stream()
                .findFirst();
    }

    private static List<Person> read(Connection connection, String sql, UUID... arguments)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                select.setObject(i + 1, arguments[i]);
            }
            List<Person> people = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    people.add(
                            new Person(
                                    row.getObject("id", UUID.class),
                                    row.getString("email"),
                                    Role.ofLabel(row.getString("role")),
                                    Objects.requireNonNull(Columns.instant(row, "created_at")),
                                    Columns.instant(row, "last_login_at"),
                                    Columns.instant(row, "disabled_at")));
                }
            }
            return people;
        }
    }

    /** One change, of a person who is there and not above who asks. */
    @FunctionalInterface
    private interface Change {
        PersonChange of(Connection connection, Person person) throws SQLException;
    }
}
