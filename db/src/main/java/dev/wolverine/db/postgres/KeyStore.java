package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.KeyRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/** Keys as rows. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}. */
public final class KeyStore {

    private static final String FIND_LIVE =
            KeyRows.SELECT
                    + """
                    WHERE org_id = ? AND id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
                    FOR UPDATE
                    """;

    private static final String EXPIRE =
            "UPDATE keys SET expires_at = least(expires_at, ?) WHERE org_id = ? AND id = ?";

    private static final String REBIND =
            "UPDATE keys SET instance_id = ?, rebound_at = now() WHERE org_id = ? AND id = ?";

    private static final String SELECT_TAKEN =
            """
            SELECT EXISTS (SELECT FROM servers WHERE org_id = ? AND instance_id = ?)
                OR EXISTS (SELECT FROM keys WHERE org_id = ? AND instance_id = ? AND revoked_at IS NULL)
            """;

    private static final String REVOKE =
            "UPDATE keys SET revoked_at = now() WHERE org_id = ? AND id = ? AND revoked_at IS NULL";

    private static final String TOUCH =
            "UPDATE keys SET last_used_at = greatest(last_used_at, ?) WHERE id = ?";

    /** Those of people stay, as the audit's other half; instances make as many as they like. */
    private static final String DELETE_ENROLLED =
            """
            DELETE FROM keys
            WHERE enrolled_by IS NOT NULL AND (revoked_at < now() - interval '30 days' OR expires_at < now() - interval '30 days')
            """;

    private final DataSource writer;

    public KeyStore(DataSource writer) {
        this.writer = writer;
    }

    /** What became of binding a key to another instance. */
    public enum Rebinding {
        DONE,
        /** The organisation has no live key of one instance with this id. */
        NO_SUCH_KEY,
        /** The other instance is there already, or a key for it. */
        TAKEN
    }

    /** The key with this id, live or not. */
    public Optional<KeyRecord> find(String keyId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(KeyRows.SELECT + "WHERE id = ?")) {
            select.setString(1, keyId);
            return KeyRows.read(select).stream().findFirst();
        } catch (SQLException e) {
            throw SqlFailure.of("looking a key up", e);
        }
    }

    /** Stores a new key; the audit log names {@link KeyRecord#createdBy()}. */
    public void insert(KeyRecord key) {
        Transaction.run(
                writer,
                "storing a key",
                connection -> {
                    KeyRows.insert(connection, key);
                    AuditLog.append(connection, created("key.create", key));
                    return key;
                });
    }

    /** All keys of an organisation, newest first. */
    public List<KeyRecord> list(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                KeyRows.SELECT + "WHERE org_id = ? ORDER BY created_at DESC, id")) {
            select.setObject(1, organisationId);
            return KeyRows.read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("listing keys", e);
        }
    }

    /**
     * Gives a live key a successor of the same rights and name, and as long a life as it had from
     * the beginning; the key itself ends after the overlap, at once if that is zero.
     *
     * @param successor of the same kind
     * @param now by which the key has to be live
     * @return the successor's record; empty if the organisation has no such live key that is not
     *     part of an enrolment URL
     */
    public Optional<KeyRecord> rotate(
            UUID organisationId,
            String keyId,
            Successor successor,
            Duration overlap,
            Instant now,
            String by) {
        return Transaction.run(
                writer,
                "rotating a key",
                connection -> {
                    Optional<KeyRecord> old =
                            findLive(connection, organisationId, keyId, now)
                                    .filter(key -> key.kind() != ApiKey.Kind.ENROLMENT);
                    if (old.isEmpty()) {
                        return Optional.empty();
                    }
                    KeyRecord next = successor(old.get(), successor.of(old.get().kind()), now, by);
                    KeyRows.insert(connection, next);
                    if (overlap.isZero()) {
                        revoke(connection, organisationId, keyId);
                    } else {
                        expire(connection, organisationId, keyId, now.plus(overlap));
                    }
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    organisationId,
                                    now,
                                    by,
                                    "key.rotate",
                                    keyId,
                                    Map.of(
                                            "successor",
                                            next.id(),
                                            "lastFour",
                                            next.lastFour(),
                                            "overlapSeconds",
                                            Long.toString(overlap.toSeconds()))));
                    return Optional.of(next);
                });
    }

    /** Binds a live key of one instance to another one, which must be new. */
    public Rebinding rebind(
            UUID organisationId, String keyId, String instanceId, Instant now, String by) {
        return Transaction.run(
                writer,
                "binding a key to another instance",
                connection -> {
                    Optional<KeyRecord> key =
                            findLive(connection, organisationId, keyId, now)
                                    .filter(found -> found.kind() == ApiKey.Kind.INSTANCE);
                    if (key.isEmpty()) {
                        return Rebinding.NO_SUCH_KEY;
                    }
                    EnrolmentLocks.instance(connection, organisationId, instanceId);
                    if (isTaken(connection, organisationId, instanceId)) {
                        return Rebinding.TAKEN;
                    }
                    try (PreparedStatement rebind = connection.prepareStatement(REBIND)) {
                        rebind.setString(1, instanceId);
                        rebind.setObject(2, organisationId);
                        rebind.setString(3, keyId);
                        rebind.executeUpdate();
                    }
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    organisationId,
                                    now,
                                    by,
                                    "key.split",
                                    keyId,
                                    Map.of(
                                            "from",
                                            String.valueOf(key.get().instanceId()),
                                            "instanceId",
                                            instanceId)));
                    return Rebinding.DONE;
                });
    }

    /**
     * Ends a key; false if the organisation has none with this id, or it was revoked before.
     *
     * @param by who does it, for the audit log
     */
    public boolean revoke(UUID organisationId, String keyId, Instant at, String by) {
        return Transaction.run(
                writer,
                "revoking a key",
                connection -> {
                    boolean revoked = revoke(connection, organisationId, keyId);
                    if (revoked) {
                        AuditLog.append(
                                connection,
                                AuditEntry.of(
                                        organisationId, at, by, "key.revoke", keyId, Map.of()));
                    }
                    return revoked;
                });
    }

    /** Notes that a key was used. */
    public void touch(String keyId, Instant at) {
        try (Connection connection = writer.getConnection();
                PreparedStatement touch = connection.prepareStatement(TOUCH)) {
            touch.setTimestamp(1, Timestamp.from(at));
            touch.setString(2, keyId);
            touch.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("noting the use of a key", e);
        }
    }

    /** Drops keys that instances enrolled for and that ended more than 30 days ago. */
    public void deleteEnrolledOnesThatEnded() {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE_ENROLLED)) {
            delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting keys of long ago", e);
        }
    }

    /** What the audit log says of a new key. */
    static AuditEntry created(String action, KeyRecord key) {
        Map<String, String> detail = new TreeMap<>();
        detail.put("name", key.name());
        detail.put("role", key.role().label());
        detail.put("lastFour", key.lastFour());
        if (key.instanceId() != null) {
            detail.put("instanceId", key.instanceId());
        }
        return AuditEntry.of(
                key.organisationId(), key.createdAt(), key.createdBy(), action, key.id(), detail);
    }

    /** Ends a key for good; says whether it was live. The time is the database's. */
    static boolean revoke(Connection connection, UUID organisationId, String keyId)
            throws SQLException {
        try (PreparedStatement revoke = connection.prepareStatement(REVOKE)) {
            revoke.setObject(1, organisationId);
            revoke.setString(2, keyId);
            return revoke.executeUpdate() == 1;
        }
    }

    private static Optional<KeyRecord> findLive(
            Connection connection, UUID organisationId, String keyId, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FIND_LIVE)) {
            select.setObject(1, organisationId);
            select.setString(2, keyId);
            select.setTimestamp(3, Timestamp.from(now));
            return KeyRows.read(select).stream().findFirst();
        }
    }

    private static KeyRecord successor(KeyRecord old, ApiKey key, Instant now, String by) {
        Instant expiresAt =
                old.expiresAt() == null
                        ? null
                        : now.plus(Duration.between(old.createdAt(), old.expiresAt()));
        return new KeyRecord(
                key.id(),
                old.organisationId(),
                key.kind(),
                old.role(),
                old.name(),
                old.instanceId(),
                key.secretHash(),
                key.lastFour(),
                now,
                by,
                null,
                expiresAt,
                null,
                old.id(),
                old.enrolledBy());
    }

    private static void expire(
            Connection connection, UUID organisationId, String keyId, Instant expiresAt)
            throws SQLException {
        try (PreparedStatement expire = connection.prepareStatement(EXPIRE)) {
            expire.setTimestamp(1, Timestamp.from(expiresAt));
            expire.setObject(2, organisationId);
            expire.setString(3, keyId);
            expire.executeUpdate();
        }
    }

    private static boolean isTaken(Connection connection, UUID organisationId, String instanceId)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_TAKEN)) {
            select.setObject(1, organisationId);
            select.setString(2, instanceId);
            select.setObject(3, organisationId);
            select.setString(4, instanceId);
            try (var row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Makes the key that follows one of a kind. */
    @FunctionalInterface
    public interface Successor {
        ApiKey of(ApiKey.Kind kind);
    }
}
