package dev.wolverine.bench.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Records a Java process with the JDK's flight recorder: where its CPU time goes. */
public final class Profiler {
    private final Path javaHome;
    private final long pid;

    public Profiler(Path javaHome, long pid) {
        this.javaHome = javaHome;
        this.pid = pid;
    }

    public void begin() throws IOException, InterruptedException {
        jcmd(
                "JFR.start",
                "name=bench",
                "settings=profile",
                "jdk.ExecutionSample#period=10ms",
                "jdk.NativeMethodSample#period=10ms",
                "jdk.CPUTimeSample#enabled=true",
                "jdk.CPUTimeSample#throttle=10ms");
    }

    public void end(Path file) throws IOException, InterruptedException {
        jcmd("JFR.stop", "name=bench", "filename=" + file.toAbsolutePath());
    }

    /** Microseconds of a beat by part of the platform. */
    public List<String> parts(Path file, long heartbeats, double cpuSeconds) throws IOException {
        return ProfileParts.of(file).lines(heartbeats, cpuSeconds);
    }

    private void jcmd(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(javaHome.resolve("bin/jcmd").toString(), Long.toString(pid)));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + arguments[0] + " failed");
        }
    }
}
