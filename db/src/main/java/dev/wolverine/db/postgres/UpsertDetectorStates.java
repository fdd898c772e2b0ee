package dev.wolverine.db.postgres;

import dev.wolverine.db.model.DetectorState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Stores what servers are judged by, in the transaction that moves the cursor. */
public final class UpsertDetectorStates {

    private static final String UPSERT =
            """
            INSERT INTO detector_states (server_id, org_id, covers, state)
            SELECT * FROM unnest(?::integer[], ?::uuid[], ?::text[]::xid8[], ?::bytea[])
            ON CONFLICT (server_id) DO UPDATE SET covers = excluded.covers, saved_at = now(), state = excluded.state
            """;

    private UpsertDetectorStates() {}

    /**
     * @param states of distinct servers
     */
    public static void execute(Connection connection, List<DetectorState> states)
            throws SQLException {
        if (states.isEmpty()) {
            return;
        }
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            upsert.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", states.stream().map(DetectorState::serverId).toArray()));
            upsert.setArray(
                    2,
                    connection.createArrayOf(
                            "uuid", states.stream().map(DetectorState::organisationId).toArray()));
            upsert.setArray(
                    3,
                    connection.createArrayOf(
                            "text",
                            states.stream()
                                    .map(state -> Long.toUnsignedString(state.covers()))
                                    .toArray()));
            upsert.setArray(
                    4,
                    connection.createArrayOf(
                            "bytea",
                            states.stream().map(DetectorState::state).toArray(byte[][]::new)));
            upsert.executeUpdate();
        }
    }
}
