package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Reads the stored ledgers of servers. */
final class SelectLedgers {

    private static final String SELECT =
            "SELECT server_id, state FROM server_ledgers WHERE server_id = ANY (?)";

    private SelectLedgers() {}

    static Map<Integer, LedgerState> execute(Connection connection, Collection<Integer> servers)
            throws SQLException {
        Map<Integer, LedgerState> states = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(1, connection.createArrayOf("integer", servers.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    states.put(rows.getInt(1), LedgerCodec.decode(rows.getBytes(2)));
                }
            }
        }
        return states;
    }
}
