package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Adds events to an organisation's alerts, numbered without gaps. The head is locked until the
 * transaction ends, so that whoever changes alerts, rules or silences takes turns.
 */
final class AlertHeads {

    private static final String LOCK =
            """
            INSERT INTO alert_heads AS head (org_id, seq) VALUES (?, 0)
            ON CONFLICT (org_id) DO UPDATE SET seq = head.seq
            RETURNING seq
            """;

    private static final String MOVE = "UPDATE alert_heads SET seq = seq + ? WHERE org_id = ?";

    private static final String INSERT =
            """
            INSERT INTO alert_events (org_id, seq, alert_id, at, event, by, note)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private AlertHeads() {}

    /** The newest event; makes the head where there is none. */
    static long lock(Connection connection, UUID organisationId) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setObject(1, organisationId);
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * Adds events behind the head, which is locked.
     *
     * @param head as {@link #lock} said
     */
    static void append(
            Connection connection, UUID organisationId, long head, List<AlertEvent> events)
            throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement move = connection.prepareStatement(MOVE)) {
            long sequence = head;
            for (AlertEvent event : events) {
                insert.setObject(1, organisationId);
                insert.setLong(2, ++sequence);
                insert.setObject(3, event.alertId());
                insert.setObject(4, Columns.utc(event.at()));
                insert.setString(5, event.change().name().toLowerCase(Locale.ROOT));
                insert.setString(6, event.by());
                insert.setString(7, event.note());
                insert.addBatch();
            }
            insert.executeBatch();
            move.setLong(1, events.size());
            move.setObject(2, organisationId);
            move.executeUpdate();
        }
    }
}
