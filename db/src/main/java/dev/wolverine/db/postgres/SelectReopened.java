package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What commits from a cursor on changed of times that were past already: servers with late beats,
 * and windows in which the platform was away. As with {@link SelectCommits}, only finished
 * transactions are shown. Blocking; thread-safe.
 */
public final class SelectReopened {

    private static final int COMMITS = 1_000;

    private static final String SELECT_END =
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
                   (SELECT xid::text FROM commits WHERE xid >= ?::text::xid8
                    ORDER BY commits.xid OFFSET ? LIMIT 1) AS next
            """;

    private static final String SELECT_LATE =
            """
            SELECT late.server_id, min(late.since) AS since
            FROM commits, unnest(late_servers, late_from) AS late (server_id, since)
            WHERE xid >= ?::text::xid8 AND xid < ?::text::xid8
            GROUP BY late.server_id
            """;

    private static final String SELECT_BLIND =
            """
            SELECT min(began) AS since FROM blind_windows
            WHERE xid >= ?::text::xid8 AND xid < ?::text::xid8
            """;

    private final DataSource writer;

    public SelectReopened(DataSource writer) {
        this.writer = writer;
    }

    /**
     * One page.
     *
     * @param cursor where to go on
     * @param atEnd whether nothing finished is left
     * @param late servers with late beats, and the client time of the earliest of them
     * @param blindSince when the earliest window began that was found
     */
    public record Page(
            long cursor, boolean atEnd, Map<Integer, Instant> late, Optional<Instant> blindSince) {
        public Page {
            late = Map.copyOf(late);
        }
    }

    /** The place behind everything that is finished now. */
    public long end() {
        try (Connection connection = writer.getConnection()) {
            return end(connection, 0).cursor();
        } catch (SQLException e) {
            throw SqlFailure.of("looking for the end of commits", e);
        }
    }

    /** What the next thousand commits, at most, reopen. */
    public Page after(long cursor) {
        try (Connection connection = writer.getConnection()) {
            End end = end(connection, cursor);
            return new Page(
                    end.cursor(),
                    end.isHorizon(),
                    late(connection, cursor, end.cursor()),
                    blindSince(connection, cursor, end.cursor()));
        } catch (SQLException e) {
            throw SqlFailure.of("following commits for uptime", e);
        }
    }

    private record End(long cursor, boolean isHorizon) {}

    private static End end(Connection connection, long cursor) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_END)) {
            select.setString(1, Long.toUnsignedString(cursor));
            select.setInt(2, COMMITS);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long horizon = Long.parseUnsignedLong(row.getString("horizon"));
                @Nullable String next = row.getString("next");
                if (next == null || Long.parseUnsignedLong(next) >= horizon) {
                    return new End(horizon, true);
                }
                return new End(Long.parseUnsignedLong(next), false);
            }
        }
    }

    private static Map<Integer, Instant> late(Connection connection, long from, long to)
            throws SQLException {
        Map<Integer, Instant> late = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_LATE)) {
            select.setString(1, Long.toUnsignedString(from));
            select.setString(2, Long.toUnsignedString(to));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    late.put(rows.getInt("server_id"), rows.getTimestamp("since").toInstant());
                }
            }
        }
        return late;
    }

    private static Optional<Instant> blindSince(Connection connection, long from, long to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_BLIND)) {
            select.setString(1, Long.toUnsignedString(from));
            select.setString(2, Long.toUnsignedString(to));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getTimestamp("since")).map(Timestamp::toInstant);
            }
        }
    }
}
