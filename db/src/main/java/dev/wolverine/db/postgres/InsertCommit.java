package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/** Leaves word of a group commit for all who follow the write path. */
final class InsertCommit {

    private static final String INSERT =
            """
            INSERT INTO commits (server_ids, first_ts, heartbeats, late_servers, late_from, usage_orgs, usage_buckets)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            RETURNING xid::text
            """;

    private InsertCommit() {}

    /**
     * Returns the id of the transaction.
     *
     * @param servers those with changed beats, by id
     * @param outOfOrder earliest new beat of each server that has newer ones, by server
     * @param usage where usage became another
     */
    static long execute(
            Connection connection,
            List<ServerBeats> servers,
            SortedMap<Integer, Instant> outOfOrder,
            SortedSet<ChangedUsage> usage)
            throws SQLException {
        Instant first = Instant.MAX;
        int heartbeats = 0;
        for (ServerBeats server : servers) {
            first = server.first().isBefore(first) ? server.first() : first;
            heartbeats += server.changed().size();
        }
        SortedMap<Integer, Instant> late = LateBeats.from(servers, outOfOrder);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", servers.stream().map(ServerBeats::serverId).toArray()));
            insert.setTimestamp(2, Timestamp.from(first));
            insert.setInt(3, heartbeats);
            insert.setArray(4, connection.createArrayOf("integer", late.keySet().toArray()));
            insert.setArray(
                    5,
                    connection.createArrayOf(
                            "timestamptz",
                            late.values().stream().map(Instant::toString).toArray()));
            insert.setArray(
                    6,
                    connection.createArrayOf(
                            "uuid", usage.stream().map(ChangedUsage::organisationId).toArray()));
            insert.setArray(
                    7,
                    connection.createArrayOf(
                            "timestamptz",
                            usage.stream().map(changed -> changed.bucket().toString()).toArray()));
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return Long.parseUnsignedLong(row.getString(1));
            }
        }
    }
}
