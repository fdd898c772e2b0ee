package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.SortedMap;

/** Stores what servers' next beats are compared with. */
final class UpsertLedgers {

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_ledgers (LIKE server_ledgers) ON COMMIT DELETE ROWS";

    private static final String UPSERT =
            """
            INSERT INTO server_ledgers (server_id, through, state)
            SELECT server_id, through, state FROM staged_ledgers
            ON CONFLICT (server_id) DO UPDATE SET through = excluded.through, state = excluded.state
            """;

    private final BinaryCopy copy = new BinaryCopy();

    void execute(Connection connection, SortedMap<Integer, LedgerState> states)
            throws SQLException {
        copy.clear();
        states.forEach((serverId, state) -> {
            copy.row(3);
            copy.int4(serverId);
            copy.timestamptz(Instant.ofEpochMilli(state.lastMillis()));
            copy.bytea(LedgerCodec.encode(state));
        });
        copy.send(connection, "staged_ledgers (server_id, through, state)");
        try (Statement upsert = connection.createStatement()) {
            upsert.executeUpdate(UPSERT);
        }
    }
}
