package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Reads what servers' ledgers were before the first beat of each day, from a day on; encoded. */
final class SelectLedgerDays {

    private static final String SELECT =
            """
            SELECT found.server_id, found.day, found.state
            FROM unnest(?::integer[], ?::date[]) AS wanted (server_id, day)
            CROSS JOIN LATERAL (
                SELECT * FROM ledger_days l WHERE l.server_id = wanted.server_id AND l.day >= wanted.day OFFSET 0
            ) AS found
            """;

    private SelectLedgerDays() {}

    static Map<Integer, TreeMap<LocalDate, byte[]>> execute(
            Connection connection, Map<Integer, LocalDate> from) throws SQLException {
        Map<Integer, TreeMap<LocalDate, byte[]>> days = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setArray(1, connection.createArrayOf("integer", from.keySet().toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "date", from.values().stream().map(Date::valueOf).toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    days.computeIfAbsent(rows.getInt(1), _ -> new TreeMap<>())
                            .put(rows.getObject(2, LocalDate.class), rows.getBytes(3));
                }
            }
        }
        return days;
    }
}
