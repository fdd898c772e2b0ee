package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Entries of the audit log, in the order of each organisation's chain. */
public final class AuditEvents implements LiveSource {

    private static final String SELECT =
            """
            SELECT entry.org_id, entry.seq, NULL AS instance_id, entry.at, jsonb_build_object(
                'sequence', entry.seq, 'at', to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'subject', entry.subject, 'action', entry.action, 'target', entry.target,
                'detail', entry.detail)::text AS content
            FROM audit_heads AS head
            LEFT JOIN live_heads AS taken USING (org_id)
            CROSS JOIN LATERAL (
                SELECT * FROM audit_log
                WHERE org_id = head.org_id AND seq > coalesce(taken.audit_seq, 0)
                ORDER BY seq LIMIT ?
            ) AS entry
            WHERE head.seq > coalesce(taken.audit_seq, 0)
            ORDER BY entry.org_id, entry.seq
            LIMIT ?
            """;

    private static final String MOVE =
            """
            INSERT INTO live_heads (org_id, audit_seq) VALUES (?, ?)
            ON CONFLICT (org_id) DO UPDATE SET audit_seq = excluded.audit_seq
            """;

    @Override
    public List<Draft> take(Connection connection, int limit) throws SQLException {
        return new NumberedRows(SELECT, MOVE, LiveEvent.Kind.AUDIT).take(connection, limit);
    }
}
