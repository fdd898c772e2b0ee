package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores each snapshot once a server and UTC day. The one that was stored last is not sent again.
 */
final class InsertSnapshots {

    private static final long SECONDS_OF_A_DAY = 86_400;

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

    private final BinaryCopy copy = new BinaryCopy();

    /** Stores the snapshots of the changed beats that are not known to be there. */
    void execute(Connection connection, List<ServerBeats> servers) throws SQLException {
        copy.clear();
        int rows = 0;
        for (ServerBeats server : servers) {
            KnownServer.@Nullable StoredSnapshot stored = server.known().snapshot();
            for (Heartbeat beat : server.changed()) {
                KnownServer.StoredSnapshot snapshot = of(beat);
                if (!snapshot.equals(stored)) {
                    stored = snapshot;
                    copy.row(4);
                    copy.date(snapshot.day());
                    copy.int4(server.serverId());
                    copy.int8(snapshot.hash());
                    copy.bytea(beat.snapshot());
                    rows++;
                }
            }
        }
        if (rows > 0) {
            copy.send(connection, "staged_snapshots (day, server_id, hash, content)");
            try (Statement insert = connection.createStatement()) {
                insert.executeUpdate(INSERT);
            }
        }
    }

    /** What is stored of a beat's snapshot. */
    static KnownServer.StoredSnapshot of(Heartbeat beat) {
        return new KnownServer.StoredSnapshot(epochDay(beat), beat.snapshotHash());
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

    /** UTC. */
    static LocalDate day(Heartbeat heartbeat) {
        return LocalDate.ofEpochDay(epochDay(heartbeat));
    }

    /** UTC, since 1970. */
    static long epochDay(Heartbeat heartbeat) {
        return Math.floorDiv(heartbeat.timestamp().getEpochSecond(), SECONDS_OF_A_DAY);
    }
}
