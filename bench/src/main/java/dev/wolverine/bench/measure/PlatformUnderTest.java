package dev.wolverine.bench.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.db.DatabaseConfig;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A platform that was started for one measurement, by the launcher, as anybody starts it: in its
 * own process, with a PostgreSQL and a Redis of its own in a fresh data directory. Closing it stops
 * it and deletes the directory.
 */
public final class PlatformUnderTest implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path launcher;
    private final Path directory;
    private final JsonNode state;
    private final Thread stopAtExit;

    private PlatformUnderTest(Path launcher, Path directory, JsonNode state, Thread stopAtExit) {
        this.launcher = launcher;
        this.directory = directory;
        this.state = state;
        this.stopAtExit = stopAtExit;
    }

    /**
     * Starts one.
     *
     * @param launcher the script `platform`
     * @param settings `key=value`, where they differ from what is shipped
     * @param postgresSettings the same of PostgreSQL
     */
    public static PlatformUnderTest start(
            Path launcher, List<String> settings, List<String> postgresSettings)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("wolverine-bench");
        // The account of the servers passes through.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        if (!postgresSettings.isEmpty()) {
            Path postgres = Files.createDirectories(directory.resolve("data/postgres"));
            Files.write(postgres.resolve("custom.conf"), postgresSettings);
        }
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
        settings.forEach(setting -> up.add("--" + setting));
        Thread stopAtExit = new Thread(() -> stopQuietly(launcher, directory), "stop-platform");
        Runtime.getRuntime().addShutdownHook(stopAtExit);
        run(launcher, directory, up);
        String state = run(launcher, directory, List.of("status", "--json"));
        return new PlatformUnderTest(launcher, directory, JSON.readTree(state), stopAtExit);
    }

    public String grpc() {
        return state.get("grpc").asText();
    }

    public URI http() {
        return URI.create(state.get("http").asText());
    }

    /** With the platform's role. */
    public DatabaseUrl database() {
        return DatabaseUrl.parse(state.get("database").asText(), Map.of());
    }

    /** The same, for the platform's own parts. */
    public DatabaseConfig storage() {
        dev.wolverine.db.DatabaseUrl url =
                dev.wolverine.db.DatabaseUrl.parse(state.get("database").asText());
        return DatabaseConfig.of(
                url.url(), url.user().orElse("postgres"), url.password().orElse(""));
    }

    /** With the rights to make checkpoints and see settings. */
    public DatabaseUrl administration() throws IOException {
        Properties properties = new Properties();
        try (Reader reader =
                Files.newBufferedReader(directory.resolve("data/postgres/settings.properties"))) {
            properties.load(reader);
        }
        URI url = URI.create(state.get("database").asText());
        return DatabaseUrl.parse(
                "postgresql://postgres:%s@%s:%d%s"
                        .formatted(
                                properties.getProperty("superuser.password"),
                                url.getHost(),
                                url.getPort(),
                                url.getPath()),
                Map.of());
    }

    public long pid() {
        return state.get("pids").get("platform").asLong();
    }

    /** A key that may write for any instance of an organisation; null: the first. */
    public String createKey(@Nullable String organisation)
            throws IOException, InterruptedException {
        return createKey(organisation, "ingest");
    }

    /** A key of a role; null: of the first organisation. */
    public String createKey(@Nullable String organisation, String role)
            throws IOException, InterruptedException {
        List<String> create =
                new ArrayList<>(List.of("keys", "create", "--name", "bench", "--role", role));
        if (organisation != null) {
            create.addAll(List.of("--org", organisation));
        }
        return run(launcher, directory, create).strip();
    }

    public CpuTimes cpuTimes() throws IOException {
        JsonNode pids = state.get("pids");
        return CpuTimes.read(pid(), pids.get("postgres").asLong(), pids.get("redis").asLong());
    }

    /** Resident memory of the platform and Redis, megabytes. PostgreSQL shares its pages. */
    public long memoryMb() throws IOException {
        return residentMb(pid()) + residentMb(state.get("pids").get("redis").asLong());
    }

    private static long residentMb(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Runtime.getRuntime().removeShutdownHook(stopAtExit);
        stop(launcher, directory);
    }

    /** Ctrl-C leaves nothing behind. */
    private static void stopQuietly(Path launcher, Path directory) {
        try {
            stop(launcher, directory);
        } catch (IOException e) {
            System.err.println("the platform was not stopped: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Path launcher, Path directory)
            throws IOException, InterruptedException {
        try {
            run(launcher, directory, List.of("down"));
        } finally {
            delete(directory);
        }
    }

    /** What the launcher printed. */
    private static String run(Path launcher, Path directory, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        Path output = Files.createTempFile(directory, "launcher", ".out");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        int code = process.waitFor();
        String text = Files.readString(output);
        if (code != 0) {
            throw new IOException(
                    "platform %s: exit code %d: %s"
                            .formatted(arguments.getFirst(), code, text.strip())
                            .toLowerCase(Locale.ROOT));
        }
        return text;
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
