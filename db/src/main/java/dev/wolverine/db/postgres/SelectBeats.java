package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads stored beats of servers, with their snapshots, in the order of their client times. */
final class SelectBeats {

    /** LATERAL with OFFSET: each server's range through the key, whatever the planner believes. */
    private static final String SELECT =
            """
            SELECT beat.*
            FROM unnest(?::integer[], ?::timestamptz[], ?::timestamptz[]) AS wanted (server_id, after, until)
            CROSS JOIN LATERAL (
                SELECT * FROM heartbeats h
                WHERE h.server_id = wanted.server_id AND h.ts > wanted.after AND h.ts < wanted.until
                OFFSET 0
            ) AS beat
            ORDER BY beat.server_id, beat.ts
            """;

    /** Behind every beat. */
    static final Instant FAR_AHEAD = Instant.parse("2200-01-01T00:00:00Z");

    private SelectBeats() {}

    /** Beats of a server after one moment and before another. */
    record Range(int serverId, Instant after, Instant until) {}

    private record Row(int serverId, Heartbeat heartbeat) {
        SelectSnapshots.Key snapshot() {
            return SelectSnapshots.Key.of(serverId, heartbeat);
        }
    }

    /**
     * @param identities of all servers asked for
     */
    static Map<Integer, List<Heartbeat>> execute(
            Connection connection, Collection<Range> ranges, Map<Integer, Identity> identities)
            throws SQLException {
        List<Row> rows = rows(connection, ranges, identities);
        Set<SelectSnapshots.Key> keys = new LinkedHashSet<>();
        rows.forEach(row -> keys.add(row.snapshot()));
        Map<SelectSnapshots.Key, byte[]> snapshots = SelectSnapshots.execute(connection, keys);
        Map<Integer, List<Heartbeat>> beats = new HashMap<>();
        for (Row row : rows) {
            byte[] snapshot = snapshots.get(row.snapshot());
            if (snapshot == null) {
                throw new IllegalStateException(
                        "a stored beat of server " + row.serverId() + " has no snapshot");
            }
            beats.computeIfAbsent(row.serverId(), _ -> new ArrayList<>())
                    .add(row.heartbeat().withSnapshot(snapshot));
        }
        return beats;
    }

    private static List<Row> rows(
            Connection connection, Collection<Range> ranges, Map<Integer, Identity> identities)
            throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", ranges.stream().map(Range::serverId).toArray()));
            select.setArray(2, timestamps(connection, ranges.stream().map(Range::after).toList()));
            select.setArray(3, timestamps(connection, ranges.stream().map(Range::until).toList()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    int serverId = row.getInt("server_id");
                    Identity identity = identities.get(serverId);
                    if (identity == null) {
                        throw new IllegalStateException(
                                "server " + serverId + " was not asked for");
                    }
                    rows.add(new Row(serverId, InsertHeartbeats.read(row, identity)));
                }
            }
        }
        return rows;
    }

    /** With their zone: the driver writes a Timestamp in the JVM's, which has hours twice. */
    private static java.sql.Array timestamps(Connection connection, List<Instant> instants)
            throws SQLException {
        return connection.createArrayOf(
                "timestamptz", instants.stream().map(Instant::toString).toArray());
    }
}
