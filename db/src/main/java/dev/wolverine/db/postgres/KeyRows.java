package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ApiKey;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a key becomes a row, and a row a key. */
final class KeyRows {

    static final String SELECT =
            """
            SELECT id, org_id, kind, role, name, instance_id, secret_hash, last_four, created_at, created_by,
                   last_used_at, expires_at, revoked_at, replaces, enrolled_by
            FROM keys
            """;

    private static final String INSERT =
            """
            INSERT INTO keys (id, org_id, kind, role, name, instance_id, secret_hash, last_four, created_at, created_by,
                              expires_at, replaces, enrolled_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private KeyRows() {}

    static void insert(Connection connection, KeyRecord key) throws SQLException {
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
            insert.setString(12, key.replaces());
            insert.setString(13, key.enrolledBy());
            insert.executeUpdate();
        }
    }

    static List<KeyRecord> read(PreparedStatement select) throws SQLException {
        List<KeyRecord> keys = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(key(rows));
            }
        }
        return keys;
    }

    static KeyRecord key(ResultSet row) throws SQLException {
        return new KeyRecord(
                row.getString("id"),
                row.getObject("org_id", UUID.class),
                kind(row.getString("kind")),
                Role.ofLabel(row.getString("role")),
                row.getString("name"),
                row.getString("instance_id"),
                row.getBytes("secret_hash"),
                row.getString("last_four"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"),
                instant(row, "last_used_at"),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                row.getString("replaces"),
                row.getString("enrolled_by"));
    }

    static @Nullable Instant instant(ResultSet rows, String column) throws SQLException {
        Timestamp value = rows.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }

    private static ApiKey.Kind kind(String letter) {
        return ApiKey.Kind.ofLetter(letter.charAt(0))
                .orElseThrow(() -> new IllegalStateException("keys.kind: " + letter));
    }
}
