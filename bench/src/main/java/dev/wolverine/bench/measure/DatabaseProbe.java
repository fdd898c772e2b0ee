package dev.wolverine.bench.measure;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What only the database's administrator can see and do. For one thread. */
public final class DatabaseProbe implements AutoCloseable {
    private static final String SIZES =
            """
            SELECT coalesce(root.relname, class.relname) AS name, sum(pg_total_relation_size(class.oid)) AS bytes
            FROM pg_class AS class
            JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
            LEFT JOIN pg_class AS root ON class.relispartition AND root.oid = pg_partition_root(class.oid)
            WHERE class.relkind = 'r' AND namespace.nspname = 'public'
            GROUP BY 1
            """;

    private static final String STATEMENTS =
            """
            SELECT calls, total_exec_time, rows, wal_bytes, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
            FROM pg_stat_statements
            ORDER BY total_exec_time DESC
            LIMIT 25
            """;

    private final Connection connection;

    private DatabaseProbe(Connection connection) {
        this.connection = connection;
    }

    public static DatabaseProbe of(PlatformUnderTest platform) throws SQLException, IOException {
        Connection connection = platform.administration().connect();
        connection.setReadOnly(false);
        return new DatabaseProbe(connection);
    }

    /** Bytes on disk of each table with its partitions, indexes and large values. */
    public Map<String, Long> sizes() throws SQLException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SIZES)) {
            while (rows.next()) {
                sizes.put(rows.getString("name"), rows.getLong("bytes"));
            }
        }
        return sizes;
    }

    public long heartbeats() throws SQLException {
        return number("SELECT count(*) FROM heartbeats");
    }

    /** Bytes of write-ahead log since the database was made. */
    public long walBytes() throws SQLException {
        return number("SELECT (pg_current_wal_lsn() - '0/0')::bigint");
    }

    public void checkpoint() throws SQLException {
        execute("CHECKPOINT");
    }

    /** Begins to count what each statement takes. */
    public void watchStatements() throws SQLException {
        execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        execute("SELECT pg_stat_statements_reset()");
    }

    /** The dearest statements since then, one a line: microseconds, rows and WAL bytes a beat. */
    public List<String> statements(long heartbeats) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATEMENTS)) {
            while (rows.next()) {
                lines.add(
                        "%8.3f us %7.3f rows %7.1f B wal %8d calls  %s"
                                .formatted(
                                        rows.getDouble("total_exec_time") * 1000 / heartbeats,
                                        rows.getDouble("rows") / heartbeats,
                                        rows.getDouble("wal_bytes") / heartbeats,
                                        rows.getLong("calls"),
                                        rows.getString("query")));
            }
        }
        return lines;
    }

    public void addOrganisation(String name) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO organisations (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }

    CopyBaseline.Floor copyFloor() throws SQLException, IOException {
        return new CopyBaseline(connection).measure();
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
