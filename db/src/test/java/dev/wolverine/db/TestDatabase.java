package dev.wolverine.db;

import dev.wolverine.db.embedded.TestServers;
import dev.wolverine.db.embedded.TimescaleServer;
import dev.wolverine.db.postgres.Database;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final Map<StorageConfig.Layout, TestDatabase> TEMPLATES =
            new EnumMap<>(StorageConfig.Layout.class);

    /** Every row of the platform, but none that its migrations wrote. */
    private static final String EMPTY =
            """
            DO $$
            BEGIN
                EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I', relname), ', ') || ' CASCADE'
                         FROM pg_class
                         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                           AND relname NOT IN ('flyway_schema_history', 'storage_layout', 'platform_alive'));
            END
            $$
            """;

    private final DatabaseConfig owner;
    private final DatabaseConfig administration;
    private final Runnable drop;

    private TestDatabase(DatabaseConfig owner, DatabaseConfig administration, Runnable drop) {
        this.owner = owner;
        this.administration = administration;
        this.drop = drop;
    }

    /** A new one; {@link #close()} drops it. */
    public static TestDatabase create() {
        return create(TestServers.owner(), TestServers.administration(), "");
    }

    /** A new one with the platform's schema: a copy, which takes a tenth of migrating. */
    public static TestDatabase migrated() {
        return migrated(StorageConfig.Layout.AUTO);
    }

    /** A new one with the platform's schema in this layout. */
    public static synchronized TestDatabase migrated(StorageConfig.Layout layout) {
        if (layout == StorageConfig.Layout.TIMESCALE) {
            TimescaleServer server = TimescaleServer.get();
            if (!server.databases()) {
                return emptied(server.administration());
            }
            return copy(layout, server.administration(), server.administration());
        }
        return copy(layout, TestServers.owner(), TestServers.administration());
    }

    private static TestDatabase copy(
            StorageConfig.Layout layout, DatabaseConfig owner, DatabaseConfig administration) {
        TestDatabase template = TEMPLATES.get(layout);
        if (template == null) {
            template = create(owner, administration, "");
            migrate(template.owner, layout);
            TEMPLATES.put(layout, template);
        }
        return create(owner, administration, " TEMPLATE " + nameOf(template.owner));
    }

    /** The only one of a server, for one test after the other. */
    private static TestDatabase emptied(DatabaseConfig server) {
        TestDatabase only = new TestDatabase(server, server, () -> {});
        if (TEMPLATES.putIfAbsent(StorageConfig.Layout.TIMESCALE, only) == null) {
            migrate(server, StorageConfig.Layout.TIMESCALE);
        }
        execute(server, EMPTY);
        return only;
    }

    private static void migrate(DatabaseConfig config, StorageConfig.Layout layout) {
        StorageConfig usual = StorageConfig.defaults();
        try (Database database = new Database(config)) {
            database.migrate(
                    new StorageConfig(
                            layout, usual.partitions(), usual.chunk(), usual.compressAfter()));
        }
    }

    private static TestDatabase create(
            DatabaseConfig owner, DatabaseConfig administration, String template) {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        execute(administration, "CREATE DATABASE " + name + " OWNER " + owner.user() + template);
        return new TestDatabase(
                in(name, owner),
                in(name, administration),
                () -> execute(administration, "DROP DATABASE " + name + " WITH (FORCE)"));
    }

    /** How its owner connects. */
    public DatabaseConfig config() {
        return owner;
    }

    /** How the superuser of the server connects to it: for tests that look behind the curtain. */
    public DatabaseConfig administration() {
        return administration;
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
        drop.run();
    }

    private static DatabaseConfig in(String database, DatabaseConfig server) {
        String url = server.url().replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + database);
        return DatabaseConfig.of(url, server.user(), server.password());
    }

    private static String nameOf(DatabaseConfig database) {
        return database.url().replaceFirst("jdbc:postgresql://[^/]+/([^?]*).*", "$1");
    }

    private static void execute(DatabaseConfig database, String sql) {
        try (Connection connection =
                        DriverManager.getConnection(
                                database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
