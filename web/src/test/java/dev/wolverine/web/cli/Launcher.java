package dev.wolverine.web.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.db.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The launcher of the repository, called as a person calls it, for one data directory. */
record Launcher(Path dataDirectory, Map<String, String> environment) {

    private static final Path SCRIPT = Path.of("..", "platform").toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What one call said, and how it ended. */
    record Result(int exitCode, String output, String errors) {}

    Launcher(Path dataDirectory) {
        this(dataDirectory, Map.of());
    }

    /** `up --detach` on any free ports. */
    Result up(String... options) throws IOException, InterruptedException {
        return call("up", with(options, "--detach", "--http-port", "0", "--grpc-port", "0"));
    }

    Result call(String command, String... options) throws IOException, InterruptedException {
        Path output = Files.createTempFile("launcher", ".out");
        Path errors = Files.createTempFile("launcher", ".err");
        try {
            Process process =
                    builder(command, options)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile())
                            .start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " hangs: " + Files.readString(errors));
            }
            return new Result(
                    process.exitValue(), Files.readString(output), Files.readString(errors));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    ProcessBuilder builder(String command, String... options) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                SCRIPT.toString(),
                                command,
                                "--no-build",
                                "--data-dir",
                                dataDirectory.toString()));
        line.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().keySet().removeIf(name -> name.startsWith("WOLVERINE_"));
        builder.environment().putAll(environment);
        return builder;
    }

    JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(call("status", "--json").output());
    }

    Connection database() throws IOException, InterruptedException, SQLException {
        DatabaseUrl url = DatabaseUrl.parse(status().get("database").textValue());
        return DriverManager.getConnection(
                url.url(), url.user().orElseThrow(), url.password().orElseThrow());
    }

    /** Processes that have something of the data directory open, or in their command. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> commandLine(process).contains(dataDirectory.toString()))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException e) {
            return Optional.ofNullable(process.info().commandLine())
                    .flatMap(line -> line)
                    .orElse("");
        }
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(more), Stream.of(options)).toArray(String[]::new);
    }
}
