package dev.wolverine.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.proxy.FaultProxy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The platform that suffers: a process of its own, started by the launcher as anybody starts it,
 * with a PostgreSQL and a Redis of its own, and a proxy in front of each of its ports and theirs.
 *
 * <p>For the thread of the faults; the proxies have their own.
 */
final class TargetPlatform implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final int MEGABYTE = 1 << 20;

    private final TargetSettings settings;
    private final Path data;
    private final FaultProxy http;
    private final FaultProxy grpc;
    private final FaultProxy database;
    private final FaultProxy redis;
    private final Thread stopAtExit = new Thread(this::stopQuietly, "stop-target");

    TargetPlatform(TargetSettings settings, long seed) throws IOException {
        this.settings = settings;
        this.data = settings.directory().resolve("data");
        http = FaultProxy.start("http", () -> URI.create(state("http")).getPort(), seed);
        grpc =
                FaultProxy.start(
                        "grpc", () -> URI.create("grpc://" + state("grpc")).getPort(), seed);
        database = FaultProxy.start("database", () -> ownPort("postgres"), seed);
        redis = FaultProxy.start("redis", () -> ownPort("redis"), seed);
        prepare("postgres", database);
        prepare("redis", redis);
        Files.write(data.resolve("postgres/custom.conf"), settings.postgres());
        Runtime.getRuntime().addShutdownHook(stopAtExit);
    }

    private void prepare(String server, FaultProxy proxy) throws IOException {
        Path home = Files.createDirectories(data.resolve(server));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        Path file = home.resolve("settings.properties");
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "connect.port=" + proxy.port() + "\n");
    }

    FaultProxy http() {
        return http;
    }

    FaultProxy grpc() {
        return grpc;
    }

    FaultProxy database() {
        return database;
    }

    FaultProxy redis() {
        return redis;
    }

    List<FaultProxy> proxies() {
        return List.of(http, grpc, database, redis);
    }

    /**
     * Starts it, and returns when it is ready; tries again where the start itself was disturbed.
     */
    void start() throws IOException, InterruptedException {
        List<String> up =
                new ArrayList<>(
                        List.of(
                                "up",
                                "--detach",
                                "--no-build",
                                "--http.port=0",
                                "--grpc.port=0",
                                "--database.url=",
                                "--redis.url="));
        up.addAll(settings.arguments());
        patiently(up);
    }

    /** The same as {@link #run}, again and again until it works. */
    String patiently(List<String> arguments) throws IOException, InterruptedException {
        long givenUpAt = System.nanoTime() + START_PATIENCE.toNanos();
        while (true) {
            try {
                return run(arguments);
            } catch (IOException failed) {
                if (System.nanoTime() > givenUpAt) {
                    throw failed;
                }
                Thread.sleep(200);
            }
        }
    }

    /** What a command of the launcher prints. */
    private String run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(settings.launcher().toString()));
        command.addAll(arguments);
        command.addAll(List.of("--data-dir", data.toString()));
        Path output = Files.createTempFile("wolverine-launcher", ".out");
        Path errors = Files.createTempFile("wolverine-launcher", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile());
            if (arguments.getFirst().equals("up")) {
                builder.environment().putAll(settings.environment());
            }
            int code = builder.start().waitFor();
            String text = Files.readString(output);
            if (code != 0) {
                throw new IOException(
                        "platform %s: exit code %d: %s"
                                .formatted(
                                        arguments.getFirst(),
                                        code,
                                        (text + Files.readString(errors)).strip()));
            }
            return text;
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }

    /** Process ids; empty while it is not ready, or the server is being started again. */
    Optional<Long> pid(String process) {
        try {
            JsonNode pid = readState().path("pids").path(process);
            return pid.isNumber() ? Optional.of(pid.asLong()) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /**
     * Sends a signal to a process and all below it, itself first.
     *
     * @return false if it does not run
     */
    boolean signal(String process, String signal) throws IOException, InterruptedException {
        Optional<ProcessHandle> handle = pid(process).flatMap(ProcessHandle::of);
        if (handle.isEmpty() || !handle.get().isAlive()) {
            return false;
        }
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        Stream<ProcessHandle> below =
                process.equals("platform") ? Stream.empty() : handle.get().descendants();
        Stream.concat(handle.stream(), below).forEach(one -> command.add(Long.toString(one.pid())));
        new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        return true;
    }

    /** Of the superuser, past the proxy: what is stored, whatever the proxy does. */
    DatabaseUrl truth() {
        return DatabaseUrl.parse(
                "postgresql://postgres:%s@127.0.0.1:%d/wolverine"
                        .formatted(setting("postgres", "superuser.password"), ownPort("postgres")),
                Map.of());
    }

    /** The same for the platform's own readers of its tables. */
    DataSource truthSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {ownPort("postgres")});
        source.setDatabaseName("wolverine");
        source.setUser("postgres");
        source.setPassword(setting("postgres", "superuser.password"));
        return source;
    }

    /** Past the proxy, with its password: not for logs. */
    URI truthOfRedis() {
        return URI.create(
                "redis://:%s@127.0.0.1:%d/0"
                        .formatted(setting("redis", "password"), ownPort("redis")));
    }

    /** Takes all that is free on its disk until the answer is closed. */
    AutoCloseable fillDisk() throws IOException {
        if (!settings.ownDisk()) {
            throw new IOException("the platform has no disk of its own");
        }
        Path filler = data.resolve("filler");
        byte[] zeros = new byte[MEGABYTE];
        try (var out = Files.newOutputStream(filler, StandardOpenOption.CREATE)) {
            while (true) {
                out.write(zeros);
            }
        } catch (IOException full) {
            return () -> Files.deleteIfExists(filler);
        }
    }

    /** Bytes that the platform has open as files, sockets included. */
    long openFiles() throws IOException {
        Optional<Long> pid = pid("platform");
        if (pid.isEmpty()) {
            return 0;
        }
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid.get() + "/fd"))) {
            return files.count();
        }
    }

    /** Ctrl-C leaves nothing behind. */
    private void stopQuietly() {
        try {
            signal("platform", "CONT");
            run(List.of("down"));
        } catch (IOException e) {
            System.err.println("the platform was not stopped: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Runtime.getRuntime().removeShutdownHook(stopAtExit);
        for (FaultProxy proxy : proxies()) {
            proxy.heal();
        }
        try {
            signal("platform", "CONT");
            run(List.of("down"));
        } finally {
            for (FaultProxy proxy : proxies()) {
                proxy.close();
            }
        }
    }

    private String state(String name) {
        try {
            return readState().path(name).asText();
        } catch (IOException notThere) {
            throw new UncheckedIOException(notThere);
        }
    }

    private JsonNode readState() throws IOException {
        return JSON.readTree(Files.readString(data.resolve("state.json")));
    }

    private int ownPort(String server) {
        return Integer.parseInt(setting(server, "port"));
    }

    private String setting(String server, String name) {
        Properties properties = new Properties();
        try (Reader reader =
                Files.newBufferedReader(data.resolve(server).resolve("settings.properties"))) {
            properties.load(reader);
        } catch (NoSuchFileException notYet) {
            throw new UncheckedIOException(notYet);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty(name, "0");
    }
}
