package dev.wolverine.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.bench.chaos.ChaosDirectory;
import dev.wolverine.bench.chaos.ChaosPlan;
import dev.wolverine.bench.chaos.ChaosReport;
import dev.wolverine.bench.chaos.ChaosRun;
import dev.wolverine.bench.chaos.FaultKind;
import dev.wolverine.bench.chaos.TargetSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `chaos`: whether a platform keeps its promises while everything around it fails. */
@Command(
        name = "chaos",
        description = {
            "Lets faults happen to a platform that it starts for it, while clients send, and compares what was",
            "promised with what is stored: valid 0, INVALID 1, UNKNOWN 2."
        },
        mixinStandardHelpOptions = true)
final class ChaosCommand implements Callable<Integer> {
    private static final String DISK = "1536m";
    private final Console console;

    @Option(names = "--launcher", required = true, description = "The script that starts it.")
    private Path launcher = Path.of("");

    @Option(
            names = "--minutes",
            defaultValue = "4",
            description = "How long clients send. Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(names = "--seed", description = "Repeats a schedule. Default: another each time.")
    private @Nullable Long seed;

    @Option(
            names = "--without",
            split = ",",
            paramLabel = "FAULT",
            description = "Faults to leave out: ${COMPLETION-CANDIDATES}.")
    private List<FaultKind> without = new ArrayList<>();

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FAULT",
            description = "Faults that happen; all by default.")
    private List<FaultKind> only = new ArrayList<>();

    @Option(
            names = "--http-instances",
            defaultValue = "100",
            description = "Stock clients, a beat a second each. Default: ${DEFAULT-VALUE}.")
    private int httpInstances;

    @Option(
            names = "--grpc-instances",
            defaultValue = "200",
            description =
                    "Instances over gRPC: a day of history each, and a beat a second. Default: ${DEFAULT-VALUE}.")
    private int grpcInstances;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    ChaosCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(minutes > 0)) {
            throw new IllegalArgumentException("minutes: " + minutes + " (expected: > 0)");
        }
        long chosen = seed == null ? new SecureRandom().nextInt(1_000_000) : seed;
        Set<FaultKind> kinds =
                only.isEmpty() ? EnumSet.allOf(FaultKind.class) : EnumSet.copyOf(only);
        without.forEach(kinds::remove);
        ChaosPlan plan =
                new ChaosPlan(
                        Duration.ofMillis((long) (minutes * 60_000)),
                        chosen,
                        kinds,
                        httpInstances,
                        grpcInstances);
        Consumer<String> lines = json ? console::error : console::print;
        lines.accept("seed " + chosen + "; the faults:");
        ChaosRun.schedule(plan).forEach(lines);
        ChaosReport report;
        try (ChaosDirectory directory =
                ChaosDirectory.create(kinds.contains(FaultKind.DISK_FULL), DISK)) {
            report =
                    new ChaosRun(
                                    plan,
                                    new TargetSettings(
                                            launcher.toAbsolutePath(),
                                            directory.path(),
                                            directory.isOwnDisk(),
                                            List.of(),
                                            Map.of(),
                                            List.of("max_wal_size = 256MB")),
                                    lines)
                            .run();
        }
        console.print(json ? json(report) : text(report));
        return report.verdict().exitCode();
    }

    private static String text(ChaosReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.verdict().word()).append(": ").append(report.reason());
        text.append(
                "%nseed %d  attempted %,d  acked %,d  faults %d of %d%n"
                        .formatted(
                                report.plan().seed(),
                                report.attempted(),
                                report.acknowledged(),
                                report.faults().size(),
                                report.planned()));
        text.append(report.httpAnswers()).append('\n');
        report.findings()
                .forEach(finding -> {
                    text.append("%-13s %,d%n".formatted(finding.check(), finding.broken()));
                    finding.examples().forEach(one -> text.append("    ").append(one).append('\n'));
                });
        text.append("recovery, ms:\n");
        report.recoveries()
                .forEach((kind, times) ->
                        text.append(
                                "  %-19s %s%n"
                                        .formatted(
                                                kind.word(),
                                                String.join(
                                                        " ",
                                                        times.stream()
                                                                .map(String::valueOf)
                                                                .toList()))));
        return text.toString().stripTrailing();
    }

    private static String json(ChaosReport report) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("verdict", report.verdict().word())
                .put("reason", report.reason())
                .put("seed", report.plan().seed())
                .put("seconds", report.plan().load().toSeconds())
                .put("attempted", report.attempted())
                .put("acknowledged", report.acknowledged())
                .put("planned", report.planned())
                .put("struck", report.faults().size());
        ObjectNode faults = json.putObject("faults");
        ObjectNode recoveries = json.putObject("recoveryMillis");
        report.recoveries()
                .forEach((kind, times) -> {
                    faults.put(kind.word(), times.size());
                    var array = recoveries.putArray(kind.word());
                    times.forEach(array::add);
                });
        ObjectNode broken = json.putObject("broken");
        var examples = json.putArray("examples");
        report.findings()
                .forEach(finding -> {
                    broken.put(finding.check(), finding.broken());
                    finding.examples().forEach(one -> examples.add(finding.check() + ": " + one));
                });
        return json.toString();
    }
}
