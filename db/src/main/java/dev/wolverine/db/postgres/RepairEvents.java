package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Repairs, as each writer left word of them in the transaction that stored them. */
public final class RepairEvents implements LiveSource {

    /** A repair that was taken back meanwhile is no longer there to be told. */
    private static final String TAKE =
            """
            WITH taken AS (
                DELETE FROM unpublished_repairs
                WHERE ctid = ANY (ARRAY(SELECT ctid FROM unpublished_repairs LIMIT ?))
                RETURNING server_id, ts
            )
            SELECT servers.org_id, servers.instance_id, repairs.ts, jsonb_build_object(
                'time', to_char(repairs.ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                'repairs', repairs, 'successes', successes, 'failures', failures, 'tokens', tokens,
                'costMicros', cost_micros, 'last', jsonb_build_object(
                    'success', last_success, 'error', last_error, 'resolution', last_resolution, 'mode', last_mode,
                    'model', last_model, 'tokens', last_tokens, 'costMicros', last_cost_micros,
                    'durationMs', last_milli / 1000.0,
                    'time', to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text AS content
            FROM (SELECT DISTINCT server_id, ts FROM taken) AS made
            JOIN servers ON servers.id = made.server_id
            JOIN repairs ON repairs.server_id = made.server_id AND repairs.ts = made.ts
            ORDER BY repairs.ts, servers.id
            """;

    @Override
    public List<Draft> take(Connection connection, int limit) throws SQLException {
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            take.setInt(1, limit);
            List<Draft> drafts = new ArrayList<>();
            try (ResultSet row = take.executeQuery()) {
                while (row.next()) {
                    drafts.add(
                            new Draft(
                                    row.getObject("org_id", UUID.class),
                                    LiveEvent.Kind.REPAIR,
                                    row.getString("instance_id"),
                                    row.getTimestamp("ts").toInstant(),
                                    row.getString("content")));
                }
            }
            return drafts;
        }
    }
}
