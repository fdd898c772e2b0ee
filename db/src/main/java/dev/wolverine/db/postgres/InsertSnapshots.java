package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.model.Heartbeat;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stores each snapshot once a server and UTC day. A bounded cache remembers which are there; it
 * learns only what was committed, and what it has forgotten is merely sent again.
 */
final class InsertSnapshots {

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_snapshots (LIKE snapshots) ON COMMIT DELETE ROWS";

    private static final String INSERT =
            """
            INSERT INTO snapshots (day, server_id, hash, content)
            SELECT day, server_id, hash, content FROM staged_snapshots
            ON CONFLICT (server_id, day, hash) DO NOTHING
            """;

    private static final String SELECT =
            "SELECT content FROM snapshots WHERE server_id = ? AND day = ? AND hash = ?";

    private final Cache<Key, Boolean> stored;
    private final BinaryCopy copy = new BinaryCopy();

    private record Key(int serverId, LocalDate day, long hash) {}

    /** The keys that a transaction wrote, for {@link #remember} after its commit. */
    record Written(List<Key> keys) {}

    InsertSnapshots(int maxCached) {
        stored = Caffeine.newBuilder().maximumSize(maxCached).build();
    }

    /** Stores the snapshots of these beats that are not known to be there. */
    Written execute(Connection connection, List<InsertHeartbeats.Row> rows) throws SQLException {
        copy.clear();
        List<Key> written = new ArrayList<>();
        Set<Key> staged = new HashSet<>();
        for (InsertHeartbeats.Row row : rows) {
            Heartbeat heartbeat = row.heartbeat();
            Key key = new Key(row.serverId(), day(heartbeat), heartbeat.snapshotHash());
            if (stored.getIfPresent(key) == null && staged.add(key)) {
                written.add(key);
                copy.row(4);
                copy.date(key.day());
                copy.int4(key.serverId());
                copy.int8(key.hash());
                copy.bytea(heartbeat.snapshot());
            }
        }
        if (!written.isEmpty()) {
            copy.send(connection, "staged_snapshots (day, server_id, hash, content)");
            try (Statement insert = connection.createStatement()) {
                insert.executeUpdate(INSERT);
            }
        }
        return new Written(written);
    }

    void remember(Written written) {
        for (Key key : written.keys()) {
            stored.put(key, Boolean.TRUE);
        }
    }

    /** The content behind a stored beat's hash. */
    static byte[] select(Connection connection, int serverId, Heartbeat heartbeat)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setInt(1, serverId);
            select.setObject(2, day(heartbeat));
            select.setLong(3, heartbeat.snapshotHash());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException(
                            "a stored beat of server " + serverId + " has no snapshot");
                }
                return row.getBytes(1);
            }
        }
    }

    static LocalDate day(Heartbeat heartbeat) {
        return LocalDate.ofInstant(heartbeat.timestamp(), ZoneOffset.UTC);
    }
}
