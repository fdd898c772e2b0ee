package dev.wolverine.bench.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** On what was measured, in words. */
final class Machine {

    private Machine() {}

    static String inWords() throws IOException {
        String model =
                Files.readString(Path.of("/proc/cpuinfo"))
                        .lines()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
        long memoryKb =
                Files.readString(Path.of("/proc/meminfo"))
                        .lines()
                        .findFirst()
                        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .orElse(0L);
        return "%s, %d cores, %d GB, Linux %s, JDK %s"
                .formatted(
                        model,
                        Runtime.getRuntime().availableProcessors(),
                        Math.round(memoryKb / 1048576.0),
                        System.getProperty("os.version"),
                        Runtime.version().feature());
    }
}
