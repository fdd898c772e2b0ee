package dev.wolverine.db;

import dev.wolverine.db.embedded.TestServers;
import dev.wolverine.db.postgres.Database;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * An empty database of one test, on a real PostgreSQL, with an empty logical database of a real
 * Redis beside it.
 *
 * <p>The servers start when first asked for, once for each test run; they stop with it.
 */
public final class TestDatabase implements AutoCloseable {

    /** What Redis has unless told otherwise. */
    private static final int LOGICAL_DATABASES = 16;

    private static final AtomicInteger NEXT_LOGICAL_DATABASE = new AtomicInteger();

    private static @Nullable TestDatabase template;

    private final String name;

    private TestDatabase(String name) {
        this.name = name;
    }

    /** A new one; {@link #close()} drops it. */
    public static TestDatabase create() {
        return create("");
    }

    /** A new one with the platform's schema: a copy, which takes a tenth of migrating. */
    public static synchronized TestDatabase migrated() {
        if (template == null) {
            template = create();
            try (Database database = new Database(template.config())) {
                database.migrate();
            }
        }
        return create(" TEMPLATE " + template.name);
    }

    private static TestDatabase create(String template) {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        administer("CREATE DATABASE " + name + " OWNER " + TestServers.owner().user() + template);
        return new TestDatabase(name);
    }

    /** How its owner connects. */
    public DatabaseConfig config() {
        return in(name, TestServers.owner());
    }

    /** How the superuser of the server connects to it: for tests that look behind the curtain. */
    public DatabaseConfig administration() {
        return in(name, TestServers.administration());
    }

    /** An empty logical Redis database: one of sixteen, taken in turn. */
    public static URI redis() {
        int database = NEXT_LOGICAL_DATABASE.getAndIncrement() % LOGICAL_DATABASES;
        URI uri = TestServers.redis().resolve("/" + database);
        try (Jedis redis = new Jedis(uri)) {
            redis.flushDB();
        }
        return uri;
    }

    @Override
    public void close() {
        administer("DROP DATABASE " + name + " WITH (FORCE)");
    }

    private static DatabaseConfig in(String database, DatabaseConfig server) {
        String url = server.url().replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + database);
        return DatabaseConfig.of(url, server.user(), server.password());
    }

    private static void administer(String sql) {
        DatabaseConfig server = TestServers.administration();
        try (Connection connection =
                        DriverManager.getConnection(
                                server.url(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
