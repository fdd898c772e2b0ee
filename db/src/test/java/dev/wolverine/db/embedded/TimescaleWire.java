package dev.wolverine.db.embedded;

import dev.wolverine.db.DatabaseConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * TimescaleDB compiled to WebAssembly, in a child process with Node.js: `timescale/README.md`
 * beside its script says what it can and cannot show.
 */
final class TimescaleWire {

    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", "server.mjs");

    private static final String READY = "ready ";

    private TimescaleWire() {}

    /**
     * Installs it if need be, and starts it.
     *
     * @throws IOException if there is no Node.js, or the package cannot be had
     */
    static DatabaseConfig start() throws IOException {
        Path directory = installed();
        // Its input stays open for as long as this process lives.
        Process server =
                new ProcessBuilder("node", "server.mjs")
                        .directory(directory.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith(READY)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the TimescaleDB of the tests did not start");
        }
        return DatabaseConfig.of(
                "jdbc:postgresql://127.0.0.1:"
                        + line.substring(READY.length())
                        + "/template1?sslmode=disable",
                "postgres",
                "");
    }

    /** One directory for each state of the files; several modules' tests may ask at once. */
    private static Path installed() throws IOException {
        Path parent = EmbeddedServers.usualProgramsDirectory();
        Files.createDirectories(parent);
        int hash = 0;
        for (String file : FILES) {
            hash = 31 * hash + java.util.Arrays.hashCode(read(file));
        }
        Path directory = parent.resolve("timescale-test-" + HexFormat.of().toHexDigits(hash));
        try (FileChannel lock =
                        FileChannel.open(
                                parent.resolve("timescale-test.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock _ = lock.lock()) {
            if (!Files.exists(directory)) {
                Path fresh = Files.createTempDirectory(parent, "timescale-test-");
                for (String file : FILES) {
                    Files.write(fresh.resolve(file), read(file));
                }
                install(fresh);
                Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return directory;
    }

    private static void install(Path directory) throws IOException {
        Process npm =
                new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("npm.log").toFile())
                        .start();
        try {
            if (!npm.waitFor(5, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new IOException("npm ci failed: " + directory.resolve("npm.log"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream resource =
                TimescaleWire.class.getClassLoader().getResourceAsStream("timescale/" + file)) {
            if (resource == null) {
                throw new IOException(file + " is not among the tests' resources");
            }
            return resource.readAllBytes();
        }
    }
}
