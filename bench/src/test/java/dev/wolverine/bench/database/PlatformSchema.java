package dev.wolverine.bench.database;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Databases with the platform's own schema and an organisation, on a real PostgreSQL. */
public final class PlatformSchema implements AutoCloseable {

    private final List<TestDatabase> open = new ArrayList<>();
    private final Map<String, DatabaseConfig> byUrl = new HashMap<>();

    /** Creates a database; returns its URL with the credentials of who sees everything. */
    public String create() throws SQLException {
        TestDatabase created = TestDatabase.migrated();
        open.add(created);
        String url = DatabaseUrl.withCredentials(created.administration());
        byUrl.put(url, created.administration());
        execute(
                url,
                """
                CREATE TABLE heartbeats_all PARTITION OF heartbeats DEFAULT;
                CREATE TABLE snapshots_all PARTITION OF snapshots DEFAULT;
                INSERT INTO organisations (id, name)
                VALUES ('00000000-0000-0000-0000-000000000001', 'Default');
                """);
        return url;
    }

    /** Runs statements in a database that was created here. */
    public void execute(String url, String sql) throws SQLException {
        DatabaseConfig server = byUrl.get(url);
        if (server == null) {
            throw new IllegalArgumentException("not created here");
        }
        try (Connection connection =
                        DriverManager.getConnection(
                                server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        open.forEach(TestDatabase::close);
    }
}
