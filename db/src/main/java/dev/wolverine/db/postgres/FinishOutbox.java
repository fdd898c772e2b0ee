package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.DeliveryTry;
import dev.wolverine.db.model.OutboxClaim;
import dev.wolverine.db.model.OutboxEntry;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes what became of a message that was taken, and gives its channel back. Blocking;
 * thread-safe.
 *
 * <p>Who comes after the end of the lease can still say that a message was delivered; anything else
 * is somebody else's to say then.
 */
public final class FinishOutbox {

    private static final String RELEASE =
            """
            UPDATE channels SET lease = NULL, leased_until = NULL, paused_until = coalesce(?::timestamptz, paused_until)
            WHERE id = ? AND lease = ?
            """;

    private static final String DELIVERED =
            """
            UPDATE outbox SET state = ?, attempts = attempts + 1, finished_at = ?, last_error = NULL
            WHERE id = ANY (?) AND state = 'waiting'
            """;

    private static final String RETRY =
            """
            UPDATE outbox SET attempts = attempts + 1, due_at = ?, last_error = ?
            WHERE id = ANY (?) AND state = 'waiting'
            """;

    private static final String DEAD =
            """
            UPDATE outbox SET state = 'dead', attempts = attempts + 1, finished_at = ?, last_error = ?
            WHERE id = ANY (?) AND state = 'waiting'
            """;

    private static final String DISABLE =
            "UPDATE channels SET enabled = false, disabled_because = ? WHERE id = ? AND enabled";

    private static final String REMEMBER =
            """
            INSERT INTO channel_messages (org_id, channel_id, group_id, reference, updated_at)
            SELECT org_id, id, ?, ?, ? FROM channels WHERE id = ?
            ON CONFLICT (channel_id, group_id) DO UPDATE SET reference = excluded.reference, updated_at = excluded.updated_at
            """;

    private static final String INSERT_DELIVERY =
            """
            INSERT INTO deliveries (org_id, channel_id, outbox_id, covers, at, took_ms, outcome, status, detail)
            SELECT org_id, id, ?, ?, ?, ?, ?, ?, ? FROM channels WHERE id = ?
            """;

    private final DataSource writer;

    public FinishOutbox(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Delivered.
     *
     * @param reference what the channel calls the message, to edit it later
     */
    public void delivered(OutboxClaim claim, DeliveryTry tried, Optional<String> reference) {
        run(
                claim,
                tried,
                null,
                (connection, _) -> {
                    try (PreparedStatement update = connection.prepareStatement(DELIVERED)) {
                        update.setString(
                                1, claim.digestId().isPresent() ? "superseded" : "delivered");
                        update.setObject(2, Columns.utc(tried.at()));
                        update.setArray(3, ids(connection, claim.entries()));
                        update.executeUpdate();
                    }
                    if (reference.isPresent()) {
                        remember(connection, claim, reference.get(), tried.at());
                    }
                });
    }

    /**
     * To be tried again.
     *
     * @param pauseUntil until then the channel gets nothing at all; null: only this waits
     */
    public void retry(
            OutboxClaim claim, DeliveryTry tried, Instant dueAt, @Nullable Instant pauseUntil) {
        run(
                claim,
                tried,
                pauseUntil,
                (connection, released) -> {
                    if (released) {
                        try (PreparedStatement update = connection.prepareStatement(RETRY)) {
                            update.setObject(1, Columns.utc(dueAt));
                            update.setString(2, tried.detail());
                            update.setArray(3, ids(connection, claim.entries()));
                            update.executeUpdate();
                        }
                    }
                });
    }

    /** Not to be tried again. */
    public void dead(OutboxClaim claim, DeliveryTry tried) {
        run(
                claim,
                tried,
                null,
                (connection, released) -> {
                    if (released) {
                        dead(connection, claim, tried);
                    }
                });
    }

    /** The channel wants nothing any more: this and all that waits is given up. */
    public void disabled(OutboxClaim claim, DeliveryTry tried) {
        run(
                claim,
                tried,
                null,
                (connection, released) -> {
                    if (!released) {
                        return;
                    }
                    dead(connection, claim, tried);
                    GiveUpOutbox.execute(
                            connection,
                            claim.channel().id(),
                            tried.at(),
                            "the channel was disabled: " + tried.detail());
                    try (PreparedStatement update = connection.prepareStatement(DISABLE)) {
                        update.setString(1, tried.detail());
                        update.setObject(2, claim.channel().id());
                        update.executeUpdate();
                    }
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    claim.channel().organisationId(),
                                    tried.at(),
                                    "platform",
                                    "channel.disable",
                                    claim.channel().id().toString(),
                                    Map.of("because", tried.detail())));
                });
    }

    /** A try that nothing in the outbox stands behind. */
    public void test(UUID channelId, DeliveryTry tried, AuditEntry audit) {
        Transaction.run(
                writer,
                "storing a test of a channel",
                connection -> {
                    insertDelivery(connection, channelId, null, 0, tried);
                    AuditLog.append(connection, audit);
                    return true;
                });
    }

    static Array ids(Connection connection, List<OutboxEntry> entries) throws SQLException {
        return connection.createArrayOf(
                "bigint", entries.stream().map(OutboxEntry::id).toArray(Long[]::new));
    }

    private void run(
            OutboxClaim claim, DeliveryTry tried, @Nullable Instant pauseUntil, Work work) {
        Transaction.run(
                writer,
                "storing a delivery",
                connection -> {
                    boolean released = release(connection, claim, pauseUntil);
                    work.on(connection, released);
                    insertDelivery(
                            connection,
                            claim.channel().id(),
                            claim.entries().getFirst().id(),
                            claim.entries().size(),
                            tried);
                    return true;
                });
    }

    private static boolean release(
            Connection connection, OutboxClaim claim, @Nullable Instant pauseUntil)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(RELEASE)) {
            update.setObject(1, pauseUntil == null ? null : Columns.utc(pauseUntil));
            update.setObject(2, claim.channel().id());
            update.setObject(3, claim.lease());
            return update.executeUpdate() == 1;
        }
    }

    private static void dead(Connection connection, OutboxClaim claim, DeliveryTry tried)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DEAD)) {
            update.setObject(1, Columns.utc(tried.at()));
            update.setString(2, tried.detail());
            update.setArray(3, ids(connection, claim.entries()));
            update.executeUpdate();
        }
    }

    private static void remember(
            Connection connection, OutboxClaim claim, String reference, Instant at)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(REMEMBER)) {
            upsert.setObject(1, claim.entries().getFirst().groupId());
            upsert.setString(2, reference);
            upsert.setObject(3, Columns.utc(at));
            upsert.setObject(4, claim.channel().id());
            upsert.executeUpdate();
        }
    }

    /** The channel may be deleted by now, and its log with it. */
    private static void insertDelivery(
            Connection connection,
            UUID channelId,
            @Nullable Long outboxId,
            int covers,
            DeliveryTry tried)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_DELIVERY)) {
            insert.setObject(1, outboxId);
            insert.setInt(2, covers);
            insert.setObject(3, Columns.utc(tried.at()));
            insert.setInt(4, (int) Math.min(tried.took().toMillis(), Integer.MAX_VALUE));
            insert.setString(5, tried.outcome().label());
            insert.setObject(6, tried.status());
            insert.setString(7, tried.detail());
            insert.setObject(8, channelId);
            insert.executeUpdate();
        }
    }

    @FunctionalInterface
    private interface Work {
        void on(Connection connection, boolean released) throws SQLException;
    }
}
