package dev.wolverine.bench.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.chaos.ChaosDirectory;
import dev.wolverine.bench.chaos.ChaosPlan;
import dev.wolverine.bench.chaos.ChaosReport;
import dev.wolverine.bench.chaos.ChaosRun;
import dev.wolverine.bench.chaos.FaultKind;
import dev.wolverine.bench.chaos.TargetSettings;
import dev.wolverine.bench.ledger.CheckReport.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether the fault harness can see: every deliberate defect is found by its own check, while the
 * same schedule without it is valid. Takes about a minute a mutant, therefore by command alone:
 * {@code -Dchaos.mutants=true}.
 */
@EnabledIfSystemProperty(named = "chaos.mutants", matches = "true")
class MutantsIT {
    private static final Path LAUNCHER = Path.of("../platform").toAbsolutePath().normalize();
    private static final Duration LOAD = Duration.ofSeconds(30);
    private static final long SEED = 12;

    /** What the same faults find in the platform as it is. */
    private static final Map<Set<FaultKind>, ChaosReport> WITHOUT = new HashMap<>();

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void isFoundByItsOwnCheck(Mutant mutant) throws Exception {
        Path agent = agent();
        if (!WITHOUT.containsKey(mutant.faults())) {
            WITHOUT.put(mutant.faults(), run(mutant.faults(), List.of(), Map.of()));
        }

        ChaosReport report =
                run(
                        mutant.faults(),
                        mutant.postgres(),
                        Map.of("JDK_JAVA_OPTIONS", "-javaagent:" + agent + "=" + mutant.name()));

        assertThat(WITHOUT.get(mutant.faults()).verdict())
                .as("without: %s", WITHOUT.get(mutant.faults()))
                .isEqualTo(Verdict.VALID);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.INVALID);
        assertThat(report.broken(mutant.check())).as(report.toString()).isPositive();
    }

    private static ChaosReport run(
            Set<FaultKind> faults, List<String> postgres, Map<String, String> environment)
            throws IOException, InterruptedException {
        try (ChaosDirectory data = ChaosDirectory.create(false, "")) {
            return new ChaosRun(
                            new ChaosPlan(LOAD, SEED, faults, 30, 30),
                            new TargetSettings(
                                    LAUNCHER,
                                    data.path(),
                                    data.isOwnDisk(),
                                    List.of(),
                                    environment,
                                    postgres),
                            System.out::println)
                    .run();
        }
    }

    /** A jar with these classes, and with the name of the one that the JVM is to call first. */
    private Path agent() throws IOException {
        Path jar = directory.resolve("mutants.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", MutantAgent.class.getName());
        Path classes = Path.of("target/test-classes");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.list(classes.resolve("dev/wolverine/bench/mutant"))) {
            for (Path file : files.sorted().toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
            // The enumeration of faults, which mutants name.
            Path kinds = Path.of("target/classes/dev/wolverine/bench/chaos/FaultKind.class");
            entries.putNextEntry(new JarEntry("dev/wolverine/bench/chaos/FaultKind.class"));
            Files.copy(kinds, entries);
        }
        return jar;
    }
}
