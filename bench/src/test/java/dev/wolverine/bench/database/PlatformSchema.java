package dev.wolverine.bench.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Empty databases with the platform's own schema, on a real PostgreSQL. */
public final class PlatformSchema implements AutoCloseable {
    private static final Path MIGRATION =
            Path.of("../db/src/main/resources/db/migration/V1__core.sql");

    private final EmbeddedPostgres postgres;

    public PlatformSchema() throws IOException {
        postgres = EmbeddedPostgres.start();
    }

    /** Creates a database; returns its URL with credentials. */
    public String create(String name) throws SQLException, IOException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        String url = "postgres://postgres:postgres@localhost:" + postgres.getPort() + "/" + name;
        execute(url, Files.readString(MIGRATION));
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

    /** Runs statements in the database of this URL. */
    public void execute(String url, String sql) throws SQLException {
        String name = url.substring(url.lastIndexOf('/') + 1);
        try (Connection connection = postgres.getDatabase("postgres", name).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
