package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Keys as rows. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}. */
public final class KeyStore {

    private static final String SELECT =
            """
            SELECT id, org_id, kind, role, name, instance_id, secret_hash, last_four, created_at, created_by,
                   last_used_at, expires_at, revoked_at
            FROM keys
            """;

    private static final String INSERT =
            """
            INSERT INTO keys (id, org_id, kind, role, name, instance_id, secret_hash, last_four, created_at, created_by,
                              expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String REVOKE =
            "UPDATE keys SET revoked_at = ? WHERE org_id = ? AND id = ? AND revoked_at IS NULL";

    private static final String TOUCH =
            "UPDATE keys SET last_used_at = greatest(last_used_at, ?) WHERE id = ?";

    private final DataSource writer;

    public KeyStore(DataSource writer) {
        this.writer = writer;
    }

    /** The key with this id, live or not. */
    public Optional<KeyRecord> find(String keyId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT + "WHERE id = ?")) {
            select.setString(1, keyId);
            return read(select).stream().findFirst();
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
                    insert(connection, key);
                    AuditLog.append(connection, created(key));
                    return true;
                });
    }

    /** All keys of an organisation, newest first. */
    public List<KeyRecord> list(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                SELECT + "WHERE org_id = ? ORDER BY created_at DESC, id")) {
            select.setObject(1, organisationId);
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("listing keys", e);
        }
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
                    boolean revoked = revoke(connection, organisationId, keyId, at);
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

    private static void insert(Connection connection, KeyRecord key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.id());
            insert.setObject(2, key.organisationId());
            insert.setString(3, String.valueOf(key.kind().letter()));
            insert.setString(4, key.role().label());
            insert.setString(5, key.name());
            insert.setString(6, key.instanceId());
            insert.setBytes(7, key.secretHash());
            insert.setString(8, key.lastFour());
            insert.setTimestamp(9, Timestamp.from(key.createdAt()));
            insert.setString(10, key.createdBy());
            insert.setTimestamp(
                    11, key.expiresAt() == null ? null : Timestamp.from(key.expiresAt()));
            insert.executeUpdate();
        }
    }

    private static AuditEntry created(KeyRecord key) {
        Map<String, String> detail = new TreeMap<>();
        detail.put("name", key.name());
        detail.put("role", key.role().label());
        detail.put("lastFour", key.lastFour());
        if (key.instanceId() != null) {
            detail.put("instanceId", key.instanceId());
        }
        return AuditEntry.of(
                key.organisationId(),
                key.createdAt(),
                key.createdBy(),
                "key.create",
                key.id(),
                detail);
    }

    private static boolean revoke(
            Connection connection, UUID organisationId, String keyId, Instant at)
            throws SQLException {
        try (PreparedStatement revoke = connection.prepareStatement(REVOKE)) {
            revoke.setTimestamp(1, Timestamp.from(at));
            revoke.setObject(2, organisationId);
            revoke.setString(3, keyId);
            return revoke.executeUpdate() == 1;
        }
    }

    private static List<KeyRecord> read(PreparedStatement select) throws SQLException {
        List<KeyRecord> keys = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(
                        new KeyRecord(
                                rows.getString("id"),
                                rows.getObject("org_id", UUID.class),
                                kind(rows.getString("kind")),
                                Role.ofLabel(rows.getString("role")),
                                rows.getString("name"),
                                rows.getString("instance_id"),
                                rows.getBytes("secret_hash"),
                                rows.getString("last_four"),
                                rows.getTimestamp("created_at").toInstant(),
                                rows.getString("created_by"),
                                instant(rows, "last_used_at"),
                                instant(rows, "expires_at"),
                                instant(rows, "revoked_at")));
            }
        }
        return keys;
    }

    private static ApiKey.Kind kind(String letter) {
        return ApiKey.Kind.ofLetter(letter.charAt(0))
                .orElseThrow(() -> new IllegalStateException("keys.kind: " + letter));
    }

    private static @Nullable Instant instant(ResultSet rows, String column) throws SQLException {
        Timestamp value = rows.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
