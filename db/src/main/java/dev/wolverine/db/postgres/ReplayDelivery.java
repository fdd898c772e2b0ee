package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Has the message of a delivery delivered again, with the event id that it had. Blocking;
 * thread-safe.
 */
public final class ReplayDelivery {

    private static final String SELECT =
            """
            SELECT d.outbox_id, c.enabled, c.id AS channel_id
            FROM deliveries d JOIN channels c ON c.id = d.channel_id
            WHERE d.org_id = ? AND d.id = ?
            """;

    /** All rows of a digest: it is one message. */
    private static final String UPDATE =
            """
            UPDATE outbox SET state = 'waiting', attempts = 0, due_at = ?, finished_at = NULL, last_error = NULL
            WHERE id = ? OR digest_id = (SELECT digest_id FROM outbox WHERE id = ?)
            """;

    private final DataSource writer;

    public ReplayDelivery(DataSource writer) {
        this.writer = writer;
    }

    /** What became of the wish. */
    public enum Replay {
        DONE,
        /** The organisation has no such delivery. */
        UNKNOWN,
        /** It was a test. */
        TEST,
        /** The channel is disabled. */
        DISABLED
    }

    public Replay execute(UUID organisationId, long deliveryId, Instant at, String by) {
        return Transaction.run(
                writer,
                "replaying a delivery",
                connection -> execute(connection, organisationId, deliveryId, at, by));
    }

    private static Replay execute(
            Connection connection, UUID organisationId, long deliveryId, Instant at, String by)
            throws SQLException {
        long outboxId;
        String channelId;
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            select.setLong(2, deliveryId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Replay.UNKNOWN;
                }
                outboxId = row.getLong("outbox_id");
                if (row.wasNull()) {
                    return Replay.TEST;
                }
                if (!row.getBoolean("enabled")) {
                    return Replay.DISABLED;
                }
                channelId = row.getString("channel_id");
            }
        }
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setObject(1, Columns.utc(at));
            update.setLong(2, outboxId);
            update.setLong(3, outboxId);
            update.executeUpdate();
        }
        AuditLog.append(
                connection,
                AuditEntry.of(
                        organisationId,
                        at,
                        by,
                        "delivery.replay",
                        Long.toString(deliveryId),
                        Map.of("channel", channelId)));
        return Replay.DONE;
    }
}
