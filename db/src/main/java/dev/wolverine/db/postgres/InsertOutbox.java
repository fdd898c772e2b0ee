package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/**
 * Writes what a channel is to be told, in the transaction of what happened: one version of a group
 * goes to a channel once, however often it is written.
 */
public final class InsertOutbox {

    private static final String INSERT =
            """
            INSERT INTO outbox (org_id, channel_id, group_id, version, event_id, payload, created_at, due_at)
            VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, ?)
            ON CONFLICT (group_id, channel_id, version) DO NOTHING
            """;

    private InsertOutbox() {}

    /**
     * @param eventId the same on every try
     * @param payload JSON of the notification
     * @param dueAt not before
     */
    public static void execute(
            Connection connection,
            UUID organisationId,
            UUID channelId,
            UUID groupId,
            int version,
            UUID eventId,
            String payload,
            Instant at,
            Instant dueAt)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, organisationId);
            insert.setObject(2, channelId);
            insert.setObject(3, groupId);
            insert.setInt(4, version);
            insert.setObject(5, eventId);
            insert.setString(6, payload);
            insert.setObject(7, Columns.utc(at));
            insert.setObject(8, Columns.utc(dueAt));
            insert.executeUpdate();
        }
    }
}
