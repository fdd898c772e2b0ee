package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The beats as a hypertable of TimescaleDB, which makes its chunks itself. Dropping and compressing
 * are done from here and not by TimescaleDB's own jobs: one retention, one clock, and a server
 * without background workers does it too.
 */
final class Hypertable {

    private static final String INTERVAL =
            "SELECT set_chunk_time_interval('heartbeats', make_interval(secs => ?))";

    private static final String DROP =
            "SELECT drop_chunks('heartbeats', older_than => ?::timestamptz)";

    /** Also those that got rows after they were compressed: status bits 2 unordered, 8 partial. */
    private static final String SELECT_TO_COMPRESS =
            """
            SELECT format('%I.%I', chunk_schema, chunk_name)
            FROM timescaledb_information.chunks
            WHERE hypertable_schema = 'public' AND hypertable_name = 'heartbeats' AND range_end <= ?
              AND (NOT is_compressed
                   OR _timescaledb_functions.chunk_status(format('%I.%I', chunk_schema, chunk_name)::regclass) & 10 <> 0)
            ORDER BY range_start
            """;

    private static final String COMPRESS = "SELECT compress_chunk(?::regclass, true)";

    /** A chunk of a million instances has hundreds of millions of rows. */
    private static final Duration COMPRESS_TIMEOUT = Duration.ofHours(2);

    private static final Executor AT_ONCE = Runnable::run;

    private Hypertable() {}

    /** New chunks are this long from now on; those there are stay. */
    static void chunkInterval(Connection connection, Duration interval) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(INTERVAL)) {
            set.setDouble(1, interval.toSeconds());
            set.execute();
        }
    }

    /** Drops chunks that ended before; returns their names. */
    static List<String> drop(Connection connection, Instant before) throws SQLException {
        return names(connection, DROP, before);
    }

    /** Compresses chunks that ended before, one a transaction; returns their names. */
    static List<String> compress(Connection connection, Instant before) throws SQLException {
        List<String> chunks = names(connection, SELECT_TO_COMPRESS, before);
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(AT_ONCE, (int) COMPRESS_TIMEOUT.toMillis());
        try (PreparedStatement compress = connection.prepareStatement(COMPRESS)) {
            for (String chunk : chunks) {
                compress.setString(1, chunk);
                compress.execute();
            }
        }
        connection.setNetworkTimeout(AT_ONCE, usual);
        return chunks;
    }

    private static List<String> names(Connection connection, String sql, Instant before)
            throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setObject(1, Columns.utc(before));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }
}
