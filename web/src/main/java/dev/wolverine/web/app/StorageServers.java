package dev.wolverine.web.app;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.embedded.DataDirectory;
import dev.wolverine.db.embedded.EmbeddedServers;
import dev.wolverine.db.embedded.PostgresProfile;
import dev.wolverine.db.embedded.PostgresServer;
import dev.wolverine.db.embedded.RedisServer;
import dev.wolverine.web.config.PlatformConfig;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The PostgreSQL and the Redis that the platform works on: external ones where the configuration
 * names them, else our own.
 *
 * <p>Thread-safe. Closing stops only our own.
 */
public final class StorageServers implements AutoCloseable {

    private final DatabaseConfig database;
    private final URI redisUri;
    private final Optional<PostgresServer> postgres;
    private final Optional<RedisServer> redis;

    private StorageServers(
            DatabaseConfig database,
            URI redisUri,
            Optional<PostgresServer> postgres,
            Optional<RedisServer> redis) {
        this.database = database;
        this.redisUri = redisUri;
        this.postgres = postgres;
        this.redis = redis;
    }

    /**
     * Starts our own servers, both at a time; external ones are not asked here whether they answer.
     *
     * @param onRestart run when one of our servers is ready again under another process id; must
     *     not block
     * @throws dev.wolverine.db.embedded.EmbeddedServerException if one cannot run here
     */
    public static StorageServers start(
            PlatformConfig config, DataDirectory directory, Runnable onRestart) {
        EmbeddedServers embedded =
                new EmbeddedServers(
                        directory,
                        config.data()
                                .programsDir()
                                .orElseGet(EmbeddedServers::usualProgramsDirectory));
        CompletableFuture<Optional<RedisServer>> redisStart =
                CompletableFuture.supplyAsync(
                        () -> startRedis(config, embedded, onRestart), Thread::startVirtualThread);
        Optional<PostgresServer> postgres = Optional.empty();
        try {
            postgres = startPostgres(config, embedded, onRestart);
            Optional<RedisServer> redis = redisStart.join();
            return new StorageServers(
                    database(config, postgres),
                    config.redis().external().orElseGet(() -> redis.orElseThrow().uri()),
                    postgres,
                    redis);
        } catch (RuntimeException e) {
            redisStart.thenAccept(server -> server.ifPresent(RedisServer::close));
            postgres.ifPresent(PostgresServer::close);
            throw e instanceof CompletionException failed
                            && failed.getCause() instanceof RuntimeException cause
                    ? cause
                    : e;
        }
    }

    public DatabaseConfig database() {
        return database;
    }

    /** Where Redis is, with its password: not for logs. */
    public URI redis() {
        return redisUri;
    }

    /** The process id of our PostgreSQL; empty if it is external, or just being started again. */
    public OptionalLong postgresPid() {
        return pid(postgres.map(PostgresServer::pid));
    }

    /** The process id of our Redis; empty if it is external, or just being started again. */
    public OptionalLong redisPid() {
        return pid(redis.map(RedisServer::pid));
    }

    @Override
    public void close() {
        redis.ifPresent(RedisServer::close);
        postgres.ifPresent(PostgresServer::close);
    }

    private static Optional<PostgresServer> startPostgres(
            PlatformConfig config, EmbeddedServers embedded, Runnable onRestart) {
        if (config.database().external().isPresent()) {
            return Optional.empty();
        }
        PostgresProfile standard = PostgresProfile.standard();
        PostgresProfile profile =
                new PostgresProfile(
                        config.database().embeddedSharedBuffersMb(),
                        config.database().embeddedMaxWalMb(),
                        standard.maxConnections());
        return Optional.of(embedded.startPostgres(profile, pid -> onRestart.run()));
    }

    private static Optional<RedisServer> startRedis(
            PlatformConfig config, EmbeddedServers embedded, Runnable onRestart) {
        if (config.redis().external().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                embedded.startRedis(config.redis().embeddedMaxMemoryMb(), pid -> onRestart.run()));
    }

    private static DatabaseConfig database(
            PlatformConfig config, Optional<PostgresServer> postgres) {
        return config.database()
                .external()
                .orElseGet(
                        () -> config.database().withConnections(postgres.orElseThrow().database()));
    }

    private static OptionalLong pid(Optional<Long> pid) {
        return pid.filter(running -> running > 0)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }
}
