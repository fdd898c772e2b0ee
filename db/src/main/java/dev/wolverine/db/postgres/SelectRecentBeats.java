package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Reads the beats of servers since a time each, with the snapshots that the reader does not know.
 * Blocking; thread-safe.
 */
public final class SelectRecentBeats {

    /** LATERAL with OFFSET: each server's range through the key, whatever the planner believes. */
    private static final String SELECT =
            """
            SELECT beat.*, servers.org_id, servers.instance_id
            FROM unnest(?::integer[], ?::timestamptz[]) AS wanted (server_id, after)
            JOIN servers ON servers.id = wanted.server_id
            CROSS JOIN LATERAL (
                SELECT * FROM heartbeats h
                WHERE h.server_id = wanted.server_id AND h.ts > wanted.after
                OFFSET 0
            ) AS beat
            ORDER BY beat.server_id, beat.ts
            """;

    private static final String SELECT_HORIZON =
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text";

    private final DataSource writer;

    public SelectRecentBeats(DataSource writer) {
        this.writer = writer;
    }

    /**
     * @param after client time; beats at it or before are not wanted
     * @param knownHash of a snapshot of which the content is not wanted
     */
    public record Wanted(int serverId, Instant after, long knownHash) {}

    /**
     * @param until transactions from here on were surely not seen; earlier ones may have been
     * @param beats by server, ascending; of those with the known hash the snapshot is empty
     */
    public record Reading(long until, Map<Integer, List<Heartbeat>> beats) {}

    public Reading execute(List<Wanted> wanted) {
        return Transaction.run(
                writer,
                "reading recent beats",
                connection -> {
                    Map<Integer, List<Heartbeat>> beats = rows(connection, wanted);
                    addSnapshots(connection, wanted, beats);
                    return new Reading(horizon(connection), beats);
                });
    }

    private static Map<Integer, List<Heartbeat>> rows(Connection connection, List<Wanted> wanted)
            throws SQLException {
        Map<Integer, List<Heartbeat>> beats = HashMap.newHashMap(wanted.size());
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", wanted.stream().map(Wanted::serverId).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "timestamptz",
                            wanted.stream().map(each -> each.after().toString()).toArray()));
            try (ResultSet row = select.executeQuery()) {
                Identity identity = null;
                int serverId = 0;
                while (row.next()) {
                    int id = row.getInt("server_id");
                    if (identity == null || id != serverId) {
                        serverId = id;
                        identity =
                                new Identity(
                                        row.getObject("org_id", UUID.class),
                                        row.getString("instance_id"));
                    }
                    beats.computeIfAbsent(id, _ -> new ArrayList<>())
                            .add(InsertHeartbeats.read(row, identity));
                }
            }
        }
        return beats;
    }

    private static void addSnapshots(
            Connection connection, List<Wanted> wanted, Map<Integer, List<Heartbeat>> beats)
            throws SQLException {
        Set<SelectSnapshots.Key> keys = new HashSet<>();
        for (Wanted server : wanted) {
            for (Heartbeat beat : beats.getOrDefault(server.serverId(), List.of())) {
                if (beat.snapshotHash() != server.knownHash()) {
                    keys.add(SelectSnapshots.Key.of(server.serverId(), beat));
                }
            }
        }
        Map<SelectSnapshots.Key, byte[]> contents = SelectSnapshots.execute(connection, keys);
        beats.forEach((serverId, ofServer) ->
                ofServer.replaceAll(beat -> {
                    byte[] content = contents.get(SelectSnapshots.Key.of(serverId, beat));
                    return content == null ? beat : beat.withSnapshot(content);
                }));
    }

    private static long horizon(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_HORIZON);
                ResultSet row = select.executeQuery()) {
            row.next();
            return Long.parseUnsignedLong(row.getString(1));
        }
    }
}
