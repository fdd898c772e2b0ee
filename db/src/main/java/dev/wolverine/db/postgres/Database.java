package dev.wolverine.db.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.StorageLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to PostgreSQL, each with the role that its work needs, and the migrations.
 *
 * <p>Thread-safe. A pool connects when it is first used, and heals by itself once a server that was
 * away is back.
 */
public final class Database implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private static final long CONNECT_TIMEOUT_MILLIS = 2_000;

    private final HikariDataSource owner;
    private final HikariDataSource writer;

    public Database(DatabaseConfig config) {
        owner = pool(config, "owner", 2, "SET search_path = public");
        writer = pool(config, "writer", config.writerConnections(), "SET ROLE wolverine_writer");
    }

    /** Brings the schema to this version, as it is shipped. */
    public StorageLayout migrate() {
        return migrate(StorageConfig.defaults());
    }

    /**
     * Brings the schema to this version; returns the layout that the database has.
     *
     * @throws StorageException.Unavailable if the server cannot be reached or a migration fails
     */
    public StorageLayout migrate(StorageConfig storage) {
        String layout = storage.layout().name().toLowerCase(Locale.ROOT);
        try {
            FluentConfiguration configuration =
                    Flyway.configure()
                            .dataSource(owner)
                            .locations("classpath:db/migration")
                            .failOnMissingLocations(true)
                            .placeholders(Map.of("layout", layout));
            // A session's lock: the other is an open transaction beside the one that migrates.
            configuration
                    .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                    .setTransactionalLock(false);
            configuration.load().migrate();
        } catch (FlywayException e) {
            throw new StorageException.Unavailable(
                    "the schema could not be migrated: " + e.getMessage(), e);
        }
        return adjust(storage);
    }

    private StorageLayout adjust(StorageConfig storage) {
        try (Connection connection = owner.getConnection()) {
            StorageLayout layout = SelectLayout.execute(connection);
            if (layout.kind() == StorageLayout.Kind.TIMESCALE) {
                Hypertable.chunkInterval(connection, storage.chunk());
            }
            log.info(
                    "storage layout: {}{}, because {}",
                    layout.kind().name().toLowerCase(Locale.ROOT),
                    layout.columnstore() ? " with columnstore" : "",
                    layout.reason());
            return layout;
        } catch (SQLException e) {
            throw SqlFailure.of("reading the layout", e);
        }
    }

    /** Connections of the owner of the schema: partitions and other definitions. */
    public DataSource owner() {
        return owner;
    }

    /** Connections with the role `wolverine_writer`. */
    public DataSource writer() {
        return writer;
    }

    /** Whether the server answers within a second. */
    public boolean isReachable() {
        try (Connection connection = writer.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        writer.close();
        owner.close();
    }

    private static HikariDataSource pool(
            DatabaseConfig config, String name, int size, String initSql) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setJdbcUrl(config.url());
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setConnectionInitSql(initSql);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        pool.setValidationTimeout(1_000);
        pool.setInitializationFailTimeout(-1);
        pool.addDataSourceProperty("ApplicationName", "wolverine-" + name);
        pool.addDataSourceProperty("connectTimeout", "2");
        pool.addDataSourceProperty("socketTimeout", "10");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        return new HikariDataSource(pool);
    }
}
