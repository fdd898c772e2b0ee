package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ReportedStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Reads what the stored states of servers were made of. */
final class SelectStoredStates {

    private static final String SELECT =
            """
            SELECT server_id, ts, snapshot_hash, status, flags, pid FROM server_states WHERE server_id = ANY (?)
            """;

    private SelectStoredStates() {}

    static Map<Integer, KnownServer.StoredState> execute(
            Connection connection, Collection<Integer> servers) throws SQLException {
        Map<Integer, KnownServer.StoredState> states = HashMap.newHashMap(servers.size());
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(1, connection.createArrayOf("integer", servers.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    states.put(
                            row.getInt("server_id"),
                            new KnownServer.StoredState(
                                    row.getTimestamp("ts").toInstant().toEpochMilli(),
                                    row.getLong("snapshot_hash"),
                                    ReportedStatus.ofCode(row.getShort("status")),
                                    row.getInt("flags"),
                                    Columns.int4(row, "pid")));
                }
            }
        }
        return states;
    }
}
