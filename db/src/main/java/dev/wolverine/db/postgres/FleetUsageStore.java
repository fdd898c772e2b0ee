package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the usage of whole organisations equal to the sum over their servers, in short
 * transactions, and remembers how far it is. Blocking; thread-safe.
 *
 * <p>Commits say which quarters of which organisations changed. These are noted as stale in the
 * transaction that moves the cursor, and each is forgotten in the transaction that computes it
 * anew: whatever dies in between is done again, and what is done twice comes out the same. Several
 * processes take turns by an advisory lock.
 */
public final class FleetUsageStore {

    private static final long LOCK = 0x776f6c76666c6565L;
    private static final int COMMITS = 5_000;
    private static final int SERVERS = 500;

    private static final String SELECT_PROGRESS =
            "SELECT commits_cursor::text AS cursor, followed_at, next_server FROM fleet_usage_progress";

    private static final String INSERT_PROGRESS =
            """
            INSERT INTO fleet_usage_progress (commits_cursor, followed_at, next_server)
            VALUES (pg_snapshot_xmin(pg_current_snapshot()), ?, 0)
            """;

    private static final String RESTART =
            """
            UPDATE fleet_usage_progress
            SET commits_cursor = pg_snapshot_xmin(pg_current_snapshot()), followed_at = ?, next_server = 0
            """;

    private static final String SELECT_END =
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
                   (SELECT xid::text FROM commits WHERE xid >= ?::text::xid8
                    ORDER BY commits.xid OFFSET ? LIMIT 1) AS next
            """;

    private static final String MARK_CHANGED =
            """
            INSERT INTO fleet_usage_stale (org_id, bucket)
            SELECT DISTINCT changed.org_id, changed.bucket
            FROM commits, unnest(usage_orgs, usage_buckets) AS changed (org_id, bucket)
            WHERE xid >= ?::text::xid8 AND xid < ?::text::xid8
            ON CONFLICT DO NOTHING
            """;

    private static final String MOVE_CURSOR =
            "UPDATE fleet_usage_progress SET commits_cursor = ?::text::xid8, followed_at = coalesce(?, followed_at)";

    private static final String SELECT_SERVERS =
            "SELECT id FROM servers WHERE id >= ? ORDER BY id LIMIT ?";

    private static final String MARK_SERVERS =
            """
            INSERT INTO fleet_usage_stale (org_id, bucket)
            SELECT DISTINCT servers.org_id, bucket
            FROM usage_facts JOIN servers ON servers.id = server_id
            WHERE server_id = ANY (?)
            ON CONFLICT DO NOTHING
            """;

    private static final String MOVE_SERVER = "UPDATE fleet_usage_progress SET next_server = ?";

    /** The newest first: these are looked at most. */
    private static final String SELECT_STALE =
            "SELECT org_id, bucket FROM fleet_usage_stale ORDER BY bucket DESC, org_id LIMIT ?";

    private static final String DELETE_STALE =
            "DELETE FROM fleet_usage_stale WHERE org_id = ? AND bucket = ?";

    private static final String DELETE_OLD =
            """
            DELETE FROM fleet_usage
            WHERE (org_id, dimension, bucket, series_id) IN (
                SELECT u.org_id, u.dimension, u.bucket, u.series_id
                FROM organisations CROSS JOIN generate_series(0, 6) AS dimension (code)
                     CROSS JOIN LATERAL (SELECT * FROM fleet_usage
                                         WHERE org_id = organisations.id AND dimension = code AND bucket < ?
                                         ORDER BY bucket LIMIT 1000) AS u
                LIMIT 10000)
            """;

    private final DataSource writer;

    public FleetUsageStore(DataSource writer) {
        this.writer = writer;
    }

    /** When the cursor was last at the end; empty before the first look. */
    public Optional<Instant> followedAt() {
        return run(connection -> select(connection).map(Progress::followedAt));
    }

    /** Begins anew: all usage of all servers is to be added up. */
    public void restart(Instant now) {
        run(connection -> {
            lock(connection);
            String sql = select(connection).isPresent() ? RESTART : INSERT_PROGRESS;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setTimestamp(1, Timestamp.from(now));
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Notes what the next commits changed, and of servers that are still to be marked the next;
     * returns whether nothing finished is left.
     */
    public boolean follow(Instant now) {
        return run(connection -> {
            lock(connection);
            Progress progress = select(connection).orElseThrow();
            boolean atEnd = followCommits(connection, progress.cursor(), now);
            return markServers(connection, progress.nextServer()) && atEnd;
        });
    }

    /**
     * Adds up some stale quarters anew, the newest first, each in a transaction of its own; returns
     * how many.
     */
    public int recompute(int most) {
        List<ChangedUsage> stale = run(connection -> selectStale(connection, most));
        for (ChangedUsage changed : stale) {
            run(connection -> {
                lock(connection);
                RecomputeFleetUsage.execute(connection, changed);
                return deleteStale(connection, changed);
            });
        }
        return stale.size();
    }

    /** Deletes some of what is older; returns how many rows. */
    public int deleteBefore(Instant oldest) {
        return run(connection -> {
            lock(connection);
            try (PreparedStatement delete = connection.prepareStatement(DELETE_OLD)) {
                delete.setTimestamp(1, Timestamp.from(oldest));
                return delete.executeUpdate();
            }
        });
    }

    private record Progress(String cursor, Instant followedAt, Optional<Integer> nextServer) {}

    private <T> T run(Transaction.Work<T> work) {
        return Transaction.run(writer, "adding up the usage of fleets", work);
    }

    /** Takes no transaction id: others that follow commits do not wait for this one. */
    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        }
    }

    private static Optional<Progress> select(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Progress(
                            row.getString("cursor"),
                            row.getTimestamp("followed_at").toInstant(),
                            Optional.ofNullable(row.getObject("next_server", Integer.class))));
        }
    }

    private static boolean followCommits(Connection connection, String cursor, Instant now)
            throws SQLException {
        String end;
        boolean atEnd;
        try (PreparedStatement select = connection.prepareStatement(SELECT_END)) {
            select.setString(1, cursor);
            select.setInt(2, COMMITS);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                String horizon = row.getString("horizon");
                @Nullable String next = row.getString("next");
                atEnd =
                        next == null
                                || Long.compareUnsigned(
                                                Long.parseUnsignedLong(next),
                                                Long.parseUnsignedLong(horizon))
                                        >= 0;
                end = atEnd ? horizon : next;
            }
        }
        try (PreparedStatement mark = connection.prepareStatement(MARK_CHANGED)) {
            mark.setString(1, cursor);
            mark.setString(2, end);
            mark.executeUpdate();
        }
        try (PreparedStatement move = connection.prepareStatement(MOVE_CURSOR)) {
            move.setString(1, end);
            move.setTimestamp(2, atEnd ? Timestamp.from(now) : null);
            move.executeUpdate();
        }
        return atEnd;
    }

    /** Returns whether none are left. */
    private static boolean markServers(Connection connection, Optional<Integer> next)
            throws SQLException {
        if (next.isEmpty()) {
            return true;
        }
        List<Integer> servers = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_SERVERS)) {
            select.setInt(1, next.get());
            select.setInt(2, SERVERS);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    servers.add(row.getInt(1));
                }
            }
        }
        try (PreparedStatement mark = connection.prepareStatement(MARK_SERVERS)) {
            mark.setArray(1, connection.createArrayOf("integer", servers.toArray()));
            mark.executeUpdate();
        }
        boolean isLast = servers.size() < SERVERS;
        try (PreparedStatement move = connection.prepareStatement(MOVE_SERVER)) {
            move.setObject(1, isLast ? null : servers.getLast() + 1, java.sql.Types.INTEGER);
            move.executeUpdate();
        }
        return isLast;
    }

    private static List<ChangedUsage> selectStale(Connection connection, int most)
            throws SQLException {
        List<ChangedUsage> stale = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_STALE)) {
            select.setInt(1, most);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stale.add(
                            ChangedUsage.of(
                                    row.getObject(1, UUID.class), row.getTimestamp(2).toInstant()));
                }
            }
        }
        return stale;
    }

    private static int deleteStale(Connection connection, ChangedUsage changed)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_STALE)) {
            delete.setObject(1, changed.organisationId());
            delete.setTimestamp(2, Timestamp.from(changed.bucket()));
            return delete.executeUpdate();
        }
    }
}
