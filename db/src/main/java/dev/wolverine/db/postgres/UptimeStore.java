package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.model.UptimeProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Counts hours of uptime, in short transactions, and remembers how far it is. Blocking;
 * thread-safe.
 *
 * <p>Several processes may count at once: transactions that count take turns by an advisory lock,
 * so that each sees what was committed before it, and none writes what is outdated. One that dies
 * in between leaves its transaction undone, to be done again.
 */
public final class UptimeStore {

    /** Servers that one transaction counts. */
    public static final int BATCH = 2_000;

    /**
     * How long after its end an hour is counted. A beat that is not late comes within the grace,
     * and may be the successor of another within the grace after the hour; the rest is for commits
     * under way and for clocks that differ.
     */
    public static final Duration COUNTED_AFTER = Uptime.GRACE.multipliedBy(2).plusSeconds(60);

    private static final long LOCK = 0x776f6c7675707469L;

    private static final String INSERT_PROGRESS =
            """
            INSERT INTO uptime_progress (commits_cursor, followed_at, next_hour, next_server, counted_until)
            VALUES (?::text::xid8, ?, ?, 0, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT_PROGRESS =
            """
            SELECT commits_cursor::text AS cursor, followed_at, next_hour, next_server
            FROM uptime_progress
            """;

    /** An offline queue may bring beats from before a server was first seen. */
    private static final String SELECT_FIRST =
            "SELECT coalesce(min(first_seen) - interval '2 days', ?) FROM servers";

    private static final String UPDATE_PLACE =
            """
            UPDATE uptime_progress
            SET next_hour = ?, next_server = ?, counted_until = greatest(counted_until, ?)
            """;

    private static final String UPDATE_CURSOR =
            """
            UPDATE uptime_progress
            SET commits_cursor = greatest(commits_cursor, ?::text::xid8), followed_at = greatest(followed_at, ?)
            """;

    private static final String GO_BACK =
            "UPDATE uptime_progress SET next_hour = ?, next_server = 0 WHERE next_hour >= ?";

    /**
     * Who may have been alive in an hour: others need no look at their beats. A stored state may be
     * a quarter of an hour old.
     */
    private static final String SELECT_SERVERS =
            """
            SELECT server_id FROM server_states
            WHERE server_id >= ? AND ts >= ?::timestamptz - interval '15 minutes'
            ORDER BY server_id
            LIMIT ?
            """;

    private final DataSource writer;

    public UptimeStore(DataSource writer) {
        this.writer = writer;
    }

    /** What a transaction did: how many servers it looked at. */
    public record Counted(UptimeProgress progress, int servers) {}

    /**
     * How far it is; the first time, it begins behind this cursor, and with this hour or the first
     * that any server may have been seen in.
     */
    public UptimeProgress progress(Instant oldestHour, long cursor, Instant now) {
        return transaction(connection -> {
            Optional<UptimeProgress> known = select(connection);
            if (known.isPresent()) {
                return known.get();
            }
            Instant first = firstSeen(connection, now).truncatedTo(ChronoUnit.HOURS);
            Instant firstHour = first.isBefore(oldestHour) ? oldestHour : first;
            try (PreparedStatement insert = connection.prepareStatement(INSERT_PROGRESS)) {
                insert.setString(1, Long.toUnsignedString(cursor));
                insert.setTimestamp(2, Timestamp.from(now));
                insert.setTimestamp(3, Timestamp.from(firstHour));
                insert.setTimestamp(4, Timestamp.from(firstHour));
                insert.executeUpdate();
            }
            return current(connection);
        });
    }

    /**
     * Counts an hour of some servers anew; returns how many rows changed.
     *
     * @param servers at most {@link #BATCH}
     */
    public int recount(Instant hour, List<Integer> servers, Instant now) {
        return transaction(connection -> {
            lock(connection);
            return UpsertUptimeHour.execute(connection, hour, servers, now);
        });
    }

    /** Counts the next servers of the next hour; empty if that hour is not over for long enough. */
    public Optional<Counted> countNext(Instant now) {
        return transaction(connection -> {
            lock(connection);
            UptimeProgress progress = current(connection);
            Instant hour = progress.nextHour();
            Instant end = hour.plus(1, ChronoUnit.HOURS);
            if (now.isBefore(end.plus(COUNTED_AFTER))) {
                return Optional.empty();
            }
            List<Integer> servers = servers(connection, progress);
            if (!servers.isEmpty()) {
                UpsertUptimeHour.execute(connection, hour, servers, now);
            }
            if (servers.size() == BATCH) {
                moveTo(connection, hour, servers.getLast() + 1);
            } else {
                moveTo(connection, end, 0);
            }
            return Optional.of(new Counted(current(connection), servers.size()));
        });
    }

    /**
     * Remembers that commits before the cursor were looked at.
     *
     * @param followedAt when the cursor was last at the end
     * @param back hours from here on are to be counted once more
     */
    public UptimeProgress follow(long cursor, Instant followedAt, Optional<Instant> back) {
        return transaction(connection -> {
            lock(connection);
            try (PreparedStatement update = connection.prepareStatement(UPDATE_CURSOR)) {
                update.setString(1, Long.toUnsignedString(cursor));
                update.setTimestamp(2, Timestamp.from(followedAt));
                update.executeUpdate();
            }
            if (back.isPresent()) {
                try (PreparedStatement update = connection.prepareStatement(GO_BACK)) {
                    update.setTimestamp(1, Timestamp.from(back.get()));
                    update.setTimestamp(2, Timestamp.from(back.get()));
                    update.executeUpdate();
                }
            }
            return current(connection);
        });
    }

    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private <T> T transaction(Work<T> work) {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            T result = work.in(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw SqlFailure.of("counting uptime", e);
        }
    }

    private static Instant firstSeen(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_FIRST)) {
            select.setTimestamp(1, Timestamp.from(now));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getTimestamp(1).toInstant();
            }
        }
    }

    /** Takes no transaction id: others that follow commits do not wait for this one. */
    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        }
    }

    private static UptimeProgress current(Connection connection) throws SQLException {
        return select(connection)
                .orElseThrow(() -> new IllegalStateException("counting has not begun"));
    }

    private static Optional<UptimeProgress> select(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            return Optional.of(
                    new UptimeProgress(
                            Long.parseUnsignedLong(row.getString("cursor")),
                            row.getTimestamp("followed_at").toInstant(),
                            row.getTimestamp("next_hour").toInstant(),
                            row.getInt("next_server")));
        }
    }

    private static List<Integer> servers(Connection connection, UptimeProgress progress)
            throws SQLException {
        List<Integer> servers = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_SERVERS)) {
            select.setInt(1, progress.nextServer());
            select.setTimestamp(2, Timestamp.from(progress.nextHour().minus(Uptime.GRACE)));
            select.setInt(3, BATCH);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    servers.add(rows.getInt(1));
                }
            }
        }
        return servers;
    }

    private static void moveTo(Connection connection, Instant hour, int server)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE_PLACE)) {
            update.setTimestamp(1, Timestamp.from(hour));
            update.setInt(2, server);
            update.setTimestamp(3, Timestamp.from(hour));
            update.executeUpdate();
        }
    }
}
