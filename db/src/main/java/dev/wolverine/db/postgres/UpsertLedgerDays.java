package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;

/** Stores what servers' ledgers were before the first beat of a day; encoded. */
final class UpsertLedgerDays {

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_ledger_days (LIKE ledger_days) ON COMMIT DELETE ROWS";

    private static final String UPSERT =
            """
            INSERT INTO ledger_days (server_id, day, state)
            SELECT server_id, day, state FROM staged_ledger_days
            ON CONFLICT (server_id, day) DO UPDATE SET state = excluded.state
            """;

    private final BinaryCopy copy = new BinaryCopy();

    void execute(Connection connection, SortedMap<Integer, ? extends Map<LocalDate, byte[]>> days)
            throws SQLException {
        copy.clear();
        days.forEach((serverId, states) ->
                states.forEach((day, state) -> {
                    copy.row(3);
                    copy.int4(serverId);
                    copy.date(day);
                    copy.bytea(state);
                }));
        copy.send(connection, "staged_ledger_days (server_id, day, state)");
        try (Statement upsert = connection.createStatement()) {
            upsert.executeUpdate(UPSERT);
        }
    }
}
