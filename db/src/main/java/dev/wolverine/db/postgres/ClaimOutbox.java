package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.model.OutboxClaim;
import dev.wolverine.db.model.OutboxEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Takes the next message that is due: of one channel, which is nobody else's until the message is
 * finished or the lease is over. Blocking; thread-safe.
 *
 * <p>A channel gets so many messages a minute, counted when they are taken; the last one that it
 * may get tells of everything that waits there. Within a group a version waits for those before it.
 */
public final class ClaimOutbox {

    /** So many rows are told of in one message at most. */
    public static final int MOST_IN_DIGEST = 10_000;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Slack takes about one message a second. */
    private static final Duration SPACING = Duration.ofSeconds(1);

    /** Due, and nothing of the same group before it is waiting for its next try. */
    static final String READY =
            """
            o.state = 'waiting' AND o.due_at <= ?
            AND NOT EXISTS (SELECT FROM outbox e WHERE e.group_id = o.group_id AND e.channel_id = o.channel_id
                                AND e.version < o.version AND e.state = 'waiting' AND e.due_at > ?)
            """;

    private static final String LOCK_CHANNEL =
            "SELECT "
                    + ChannelRows.COLUMNS
                    + """
                    , (SELECT count(*) FROM unnest(c.recent) AS sent WHERE sent > ?) AS used
                    FROM channels c
                    WHERE c.enabled AND (c.leased_until IS NULL OR c.leased_until <= ?)
                      AND (c.paused_until IS NULL OR c.paused_until <= ?)
                      AND (cardinality(c.recent) = 0 OR c.recent[cardinality(c.recent)] <= ?)
                      AND (SELECT count(*) FROM unnest(c.recent) AS sent WHERE sent > ?) < ?
                      AND EXISTS (SELECT FROM outbox o WHERE o.channel_id = c.id AND
                    """
                    + READY
                    + """
                    )
                    ORDER BY c.recent[cardinality(c.recent)] NULLS FIRST
                    LIMIT 1
                    FOR NO KEY UPDATE OF c SKIP LOCKED
                    """;

    private static final String SELECT_READY =
            """
            SELECT o.id, o.group_id, o.version, o.event_id, o.payload, o.attempts, o.digest_id
            FROM outbox o
            WHERE o.channel_id = ? AND
            """
                    + READY
                    + " ORDER BY o.id LIMIT ?";

    private static final String SELECT_DIGEST =
            """
            SELECT o.id, o.group_id, o.version, o.event_id, o.payload, o.attempts, o.digest_id
            FROM outbox o
            WHERE o.channel_id = ? AND o.digest_id = ? AND o.state = 'waiting'
            ORDER BY o.id
            """;

    private static final String MARK_DIGEST = "UPDATE outbox SET digest_id = ? WHERE id = ANY (?)";

    private static final String LEASE =
            """
            UPDATE channels SET lease = ?, leased_until = ?,
                recent = recent[greatest(cardinality(recent) - ? + 2, 1):] || ?::timestamptz
            WHERE id = ?
            """;

    private static final String SELECT_REFERENCE =
            "SELECT reference FROM channel_messages WHERE channel_id = ? AND group_id = ?";

    private final DataSource writer;
    private final int perMinute;
    private final Duration lease;

    /**
     * @param perMinute messages that a channel gets at most in any minute, at least 2
     * @param lease longer than any try takes
     */
    public ClaimOutbox(DataSource writer, int perMinute, Duration lease) {
        this.writer = writer;
        this.perMinute = perMinute;
        this.lease = lease;
    }

    /** Empty if nothing may be sent now. */
    public Optional<OutboxClaim> execute(Instant now) {
        return Transaction.run(
                writer,
                "taking a message",
                connection -> {
                    Optional<Free> channel = lockChannel(connection, now);
                    return channel.isEmpty()
                            ? Optional.empty()
                            : claim(connection, channel.get(), now);
                });
    }

    private Optional<OutboxClaim> claim(Connection connection, Free free, Instant now)
            throws SQLException {
        UUID channelId = free.channel.id();
        boolean last = perMinute - free.used <= 1;
        List<Row> ready = ready(connection, channelId, now, last ? MOST_IN_DIGEST : 1);
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Optional<UUID> digest = ready.getFirst().digest;
        List<OutboxEntry> entries;
        if (digest.isPresent()) {
            entries = digest(connection, channelId, digest.get());
        } else {
            entries =
                    ready.stream()
                            .filter(row -> row.digest.isEmpty())
                            .map(Row::entry)
                            .limit(last ? MOST_IN_DIGEST : 1)
                            .toList();
            if (entries.size() > 1) {
                digest = Optional.of(UUID.randomUUID());
                markDigest(connection, digest.get(), entries);
            }
        }
        UUID leaseId = UUID.randomUUID();
        lease(connection, channelId, leaseId, now);
        Optional<String> reference =
                digest.isPresent()
                        ? Optional.empty()
                        : reference(connection, channelId, entries.getFirst().groupId());
        return Optional.of(new OutboxClaim(free.channel, leaseId, entries, digest, reference));
    }

    private Optional<Free> lockChannel(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOCK_CHANNEL)) {
            select.setObject(1, Columns.utc(now.minus(WINDOW)));
            select.setObject(2, Columns.utc(now));
            select.setObject(3, Columns.utc(now));
            select.setObject(4, Columns.utc(now.minus(SPACING)));
            select.setObject(5, Columns.utc(now.minus(WINDOW)));
            select.setInt(6, perMinute);
            select.setObject(7, Columns.utc(now));
            select.setObject(8, Columns.utc(now));
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Free(ChannelRows.read(row), row.getInt("used")))
                        : Optional.empty();
            }
        }
    }

    private static List<Row> ready(Connection connection, UUID channelId, Instant now, int limit)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_READY)) {
            select.setObject(1, channelId);
            select.setObject(2, Columns.utc(now));
            select.setObject(3, Columns.utc(now));
            select.setInt(4, limit);
            return read(select);
        }
    }

    private static List<OutboxEntry> digest(Connection connection, UUID channelId, UUID digest)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_DIGEST)) {
            select.setObject(1, channelId);
            select.setObject(2, digest);
            return read(select).stream().map(Row::entry).toList();
        }
    }

    private static List<Row> read(PreparedStatement select) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(
                        new Row(
                                new OutboxEntry(
                                        row.getLong("id"),
                                        row.getObject("group_id", UUID.class),
                                        row.getInt("version"),
                                        row.getObject("event_id", UUID.class),
                                        row.getString("payload"),
                                        row.getInt("attempts")),
                                Optional.ofNullable(row.getObject("digest_id", UUID.class))));
            }
        }
        return rows;
    }

    private static void markDigest(Connection connection, UUID digest, List<OutboxEntry> entries)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MARK_DIGEST)) {
            update.setObject(1, digest);
            update.setArray(2, FinishOutbox.ids(connection, entries));
            update.executeUpdate();
        }
    }

    private void lease(Connection connection, UUID channelId, UUID leaseId, Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(LEASE)) {
            update.setObject(1, leaseId);
            update.setObject(2, Columns.utc(now.plus(lease)));
            update.setInt(3, perMinute);
            update.setObject(4, Columns.utc(now));
            update.setObject(5, channelId);
            update.executeUpdate();
        }
    }

    private static Optional<String> reference(Connection connection, UUID channelId, UUID groupId)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_REFERENCE)) {
            select.setObject(1, channelId);
            select.setObject(2, groupId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private record Free(ChannelRecord channel, int used) {}

    private record Row(OutboxEntry entry, Optional<UUID> digest) {}
}
