package dev.wolverine.db.postgres;

import dev.wolverine.db.model.CommitRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Follows the write path: the commits from a cursor on. Only transactions below `pg_snapshot_xmin`
 * are shown: those are all finished, so that none can turn up behind the cursor later. Blocking;
 * thread-safe.
 */
public final class SelectCommits {

    private static final int LIMIT = 1_000;

    private static final String SELECT =
            """
            WITH horizon AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xid)
            SELECT horizon.xid::text AS horizon, commits.xid::text AS xid, server_ids, first_ts, late_servers, late_from, committed_at
            FROM horizon LEFT JOIN commits ON commits.xid >= ?::text::xid8 AND commits.xid < horizon.xid
            ORDER BY commits.xid
            LIMIT ?
            """;

    private static final String DELETE =
            "DELETE FROM commits WHERE committed_at < now() - interval '1 hour'";

    private final DataSource writer;

    public SelectCommits(DataSource writer) {
        this.writer = writer;
    }

    /** What was read, and where to go on: transactions from {@code cursor} on are still to come. */
    public record Page(long cursor, List<CommitRow> commits) {}

    /** The place behind everything that is committed now. */
    public long end() {
        return after(Long.MAX_VALUE).cursor();
    }

    /** The next commits, at most a thousand. */
    public Page after(long cursor) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, Long.toUnsignedString(cursor));
            select.setInt(2, LIMIT);
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("following commits", e);
        }
    }

    /** Deletes those that every consumer has long read, or will rebuild without. */
    public void deleteOld() {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting old commits", e);
        }
    }

    private static Page read(PreparedStatement select) throws SQLException {
        List<CommitRow> commits = new ArrayList<>();
        long cursor = 0;
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                cursor = Long.parseUnsignedLong(rows.getString("horizon"));
                @Nullable String xid = rows.getString("xid");
                if (xid != null) {
                    commits.add(
                            new CommitRow(
                                    Long.parseUnsignedLong(xid),
                                    Arrays.asList(
                                            (Integer[]) rows.getArray("server_ids").getArray()),
                                    rows.getTimestamp("first_ts").toInstant(),
                                    lateFrom(rows),
                                    rows.getTimestamp("committed_at").toInstant()));
                    if (commits.size() == LIMIT) {
                        cursor = Long.parseUnsignedLong(xid) + 1;
                    }
                }
            }
        }
        return new Page(cursor, commits);
    }

    private static Map<Integer, Instant> lateFrom(ResultSet row) throws SQLException {
        Integer[] servers = (Integer[]) row.getArray("late_servers").getArray();
        if (servers.length == 0) {
            return Map.of();
        }
        Timestamp[] from = (Timestamp[]) row.getArray("late_from").getArray();
        Map<Integer, Instant> late = HashMap.newHashMap(servers.length);
        for (int i = 0; i < servers.length; i++) {
            late.put(servers[i], from[i].toInstant());
        }
        return late;
    }
}
