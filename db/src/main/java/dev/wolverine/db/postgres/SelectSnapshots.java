package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Reads stored snapshots, whole. */
final class SelectSnapshots {

    private static final String SELECT =
            """
            SELECT found.server_id, found.day, found.hash, found.content, found.base IS NULL AS is_whole,
                   base.content AS base_content
            FROM unnest(?::integer[], ?::date[], ?::bigint[]) AS wanted (server_id, day, hash)
            CROSS JOIN LATERAL (
                SELECT * FROM snapshots s
                WHERE s.server_id = wanted.server_id AND s.day = wanted.day AND s.hash = wanted.hash
                OFFSET 0
            ) AS found
            LEFT JOIN LATERAL (
                SELECT content FROM snapshots s
                WHERE s.server_id = found.server_id AND s.day = found.day AND s.hash = found.base
                OFFSET 0
            ) AS base ON found.base IS NOT NULL
            """;

    private SelectSnapshots() {}

    /** Which snapshot. */
    record Key(int serverId, LocalDate day, long hash) {
        static Key of(int serverId, Heartbeat beat) {
            return new Key(serverId, InsertSnapshots.day(beat), beat.snapshotHash());
        }
    }

    /** The contents, as far as they are there. */
    static Map<Key, byte[]> execute(Connection connection, Set<Key> keys) throws SQLException {
        Map<Key, byte[]> snapshots = HashMap.newHashMap(keys.size());
        if (keys.isEmpty()) {
            return snapshots;
        }
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", keys.stream().map(Key::serverId).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "date", keys.stream().map(key -> Date.valueOf(key.day())).toArray()));
            select.setArray(
                    3, connection.createArrayOf("bigint", keys.stream().map(Key::hash).toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Key key =
                            new Key(
                                    row.getInt("server_id"),
                                    row.getObject("day", LocalDate.class),
                                    row.getLong("hash"));
                    snapshots.put(key, content(row, key));
                }
            }
        }
        return snapshots;
    }

    private static byte[] content(ResultSet row, Key key) throws SQLException {
        byte[] content = row.getBytes("content");
        if (row.getBoolean("is_whole")) {
            return content;
        }
        byte[] base = row.getBytes("base_content");
        if (base == null) {
            throw new IllegalStateException("a stored snapshot has lost the whole one: " + key);
        }
        return SnapshotPacking.unpack(content, base, key.hash());
    }

    /**
     * The content behind a stored beat's hash.
     *
     * @throws IllegalStateException if it is not there
     */
    static byte[] of(Connection connection, int serverId, Heartbeat beat) throws SQLException {
        Key key = Key.of(serverId, beat);
        byte[] content = execute(connection, Set.of(key)).get(key);
        if (content == null) {
            throw new IllegalStateException(
                    "a stored beat of server " + serverId + " has no snapshot");
        }
        return content;
    }
}
