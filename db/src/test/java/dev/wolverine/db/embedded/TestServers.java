package dev.wolverine.db.embedded;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The PostgreSQL and the Redis of this test run: one each, started when first asked for, as durable
 * as in production, gone with the JVM however it ends.
 *
 * <p>`WOLVERINE_TEST_DATABASE_URL` and `WOLVERINE_TEST_REDIS_URL` name other ones to use instead.
 */
public final class TestServers {

    private static final String PREFIX = "wolverine-test-";
    private static final int REDIS_MEMORY_MB = 64;

    private static final Supplier<DataDirectory> DIRECTORY = once(TestServers::temporaryDirectory);
    private static final Supplier<PostgresServer> POSTGRES = once(TestServers::startPostgres);
    private static final Supplier<RedisServer> REDIS = once(TestServers::startRedis);

    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    private TestServers() {}

    /** Who may create databases. */
    public static DatabaseConfig administration() {
        return external().orElseGet(() -> POSTGRES.get().administration());
    }

    /** Who owns the databases that tests work in. */
    public static DatabaseConfig owner() {
        return external().orElseGet(() -> POSTGRES.get().database());
    }

    /** The Redis, without a logical database. */
    public static URI redis() {
        return external("WOLVERINE_TEST_REDIS_URL")
                .map(URI::create)
                .orElseGet(() -> REDIS.get().uri());
    }

    /** The server to use instead. */
    static Optional<DatabaseConfig> external() {
        return external("WOLVERINE_TEST_DATABASE_URL").map(TestServers::externalDatabase);
    }

    private static Optional<String> external(String variable) {
        return Optional.ofNullable(System.getenv(variable)).filter(url -> !url.isBlank());
    }

    private static DatabaseConfig externalDatabase(String text) {
        DatabaseUrl url = DatabaseUrl.parse(text);
        return DatabaseConfig.of(
                url.url(), url.user().orElse("postgres"), url.password().orElse(""));
    }

    private static PostgresServer startPostgres() {
        PostgresServer postgres = servers().startPostgres(PostgresProfile.small(), pid -> {});
        atExit(postgres);
        return postgres;
    }

    private static RedisServer startRedis() {
        RedisServer redis = servers().startRedis(REDIS_MEMORY_MB, pid -> {});
        atExit(redis);
        return redis;
    }

    private static EmbeddedServers servers() {
        return new EmbeddedServers(DIRECTORY.get(), EmbeddedServers.usualProgramsDirectory());
    }

    private static DataDirectory temporaryDirectory() {
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            deleteAbandoned(temporary);
            Path path = Files.createTempDirectory(temporary, PREFIX);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return DataDirectory.take(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What test runs left behind that were killed. */
    private static void deleteAbandoned(Path temporary) throws IOException {
        Instant longAgo = Instant.now().minus(Duration.ofMinutes(2));
        try (Stream<Path> directories = Files.list(temporary)) {
            for (Path directory : (Iterable<Path>) directories::iterator) {
                if (directory.getFileName().toString().startsWith(PREFIX)
                        && Files.getLastModifiedTime(directory).toInstant().isBefore(longAgo)
                        && DataDirectory.owner(directory).isEmpty()) {
                    FileTrees.delete(directory);
                }
            }
        }
    }

    private static synchronized void atExit(AutoCloseable server) {
        if (OPEN.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(TestServers::closeAll));
        }
        OPEN.add(server);
    }

    private static synchronized void closeAll() {
        try (DataDirectory directory = DIRECTORY.get()) {
            for (AutoCloseable server : OPEN) {
                server.close();
            }
            FileTrees.delete(directory.path());
        } catch (Exception e) {
            throw new IllegalStateException("the servers of the tests do not stop", e);
        }
    }

    private static <T> Supplier<T> once(Supplier<T> start) {
        return new Supplier<>() {
            private Optional<T> started = Optional.empty();

            @Override
            public synchronized T get() {
                if (started.isEmpty()) {
                    started = Optional.of(start.get());
                }
                return started.get();
            }
        };
    }
}
