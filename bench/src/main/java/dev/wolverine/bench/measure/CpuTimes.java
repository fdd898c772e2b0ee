package dev.wolverine.bench.measure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * CPU seconds since each of them began, user and system, as the kernel counts them; of PostgreSQL
 * with all its processes, also those that have ended.
 *
 * @param generator this process, which sends the beats
 * @param machine all that ran on the machine, whoever's it was
 */
public record CpuTimes(
        double platform, double postgres, double redis, double generator, double machine) {
    private static final double TICKS_PER_SECOND = 100;
    private static final Path PROC = Path.of("/proc");

    /** Reads them now. */
    static CpuTimes read(long platformPid, long postgresPid, long redisPid) throws IOException {
        double postgres = 0;
        double platform = 0;
        double redis = 0;
        double generator = 0;
        long self = ProcessHandle.current().pid();
        for (Stat stat : all()) {
            if (stat.pid == postgresPid) {
                postgres += stat.own + stat.endedChildren;
            } else if (stat.parent == postgresPid) {
                postgres += stat.own;
            } else if (stat.pid == platformPid) {
                platform = stat.own;
            } else if (stat.pid == redisPid) {
                redis = stat.own + stat.endedChildren;
            } else if (stat.pid == self) {
                generator = stat.own;
            }
        }
        return new CpuTimes(platform, postgres, redis, generator, machineSeconds());
    }

    /** Of one process. */
    static double of(long pid) throws IOException {
        return stat(PROC.resolve(Long.toString(pid)))
                .map(Stat::own)
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
    }

    CpuTimes minus(CpuTimes before) {
        return new CpuTimes(
                platform - before.platform,
                postgres - before.postgres,
                redis - before.redis,
                generator - before.generator,
                machine - before.machine);
    }

    /** Of what is measured: not of the generator. */
    public double sum() {
        return platform + postgres + redis;
    }

    /** Of what has nothing to do with the run. */
    public double others() {
        return Math.max(0, machine - sum() - generator);
    }

    private static List<Stat> all() throws IOException {
        List<Stat> all = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                stat(process).ifPresent(all::add);
            }
        }
        return all;
    }

    /** Empty if the process has just ended. */
    private static Optional<Stat> stat(Path process) throws IOException {
        try {
            String text = Files.readString(process.resolve("stat"));
            // The name of the command is in parentheses and may contain anything.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(
                    new Stat(
                            Long.parseLong(process.getFileName().toString()),
                            Long.parseLong(fields[1]),
                            seconds(fields[11]) + seconds(fields[12]),
                            seconds(fields[13]) + seconds(fields[14])));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.exists(process)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static double machineSeconds() throws IOException {
        String[] fields =
                Files.readString(PROC.resolve("stat"))
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .split(" +");
        // user nice system idle iowait irq softirq
        return seconds(fields[1])
                + seconds(fields[2])
                + seconds(fields[3])
                + seconds(fields[6])
                + seconds(fields[7]);
    }

    private static double seconds(String ticks) {
        return Long.parseLong(ticks) / TICKS_PER_SECOND;
    }

    private record Stat(long pid, long parent, double own, double endedChildren) {}
}
