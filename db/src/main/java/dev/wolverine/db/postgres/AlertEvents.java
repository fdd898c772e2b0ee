package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What became of alerts, and changes of what they are judged by. */
public final class AlertEvents implements LiveSource {

    private static final String SELECT =
            """
            SELECT happened.org_id, happened.seq, servers.instance_id, happened.at, jsonb_build_object(
                'event', happened.event, 'at', to_char(happened.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'by', happened.by, 'note', happened.note, 'alertId', happened.alert_id, 'kind', alerts.kind,
                'subject', alerts.subject, 'state', alerts.state,
                'severity', (ARRAY['info', 'warning', 'error', 'critical'])[alerts.severity + 1],
                'summary', alerts.summary)::text AS content
            FROM alert_heads AS head
            LEFT JOIN live_heads AS taken USING (org_id)
            CROSS JOIN LATERAL (
                SELECT * FROM alert_events
                WHERE org_id = head.org_id AND seq > coalesce(taken.alert_seq, 0)
                ORDER BY seq LIMIT ?
            ) AS happened
            LEFT JOIN alerts ON alerts.id = happened.alert_id
            LEFT JOIN servers ON servers.id = alerts.server_id
            WHERE head.seq > coalesce(taken.alert_seq, 0)
            ORDER BY happened.org_id, happened.seq
            LIMIT ?
            """;

    private static final String MOVE =
            """
            INSERT INTO live_heads (org_id, alert_seq) VALUES (?, ?)
            ON CONFLICT (org_id) DO UPDATE SET alert_seq = excluded.alert_seq
            """;

    @Override
    public List<Draft> take(Connection connection, int limit) throws SQLException {
        return new NumberedRows(SELECT, MOVE, LiveEvent.Kind.ALERT).take(connection, limit);
    }
}
