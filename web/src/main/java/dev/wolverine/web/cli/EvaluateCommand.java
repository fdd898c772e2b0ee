package dev.wolverine.web.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.crash.CrashLoopRule;
import dev.wolverine.alerts.evaluation.CrashLoopEvaluation;
import dev.wolverine.alerts.evaluation.LabelledSeries;
import dev.wolverine.alerts.evaluation.LeakCorpus;
import dev.wolverine.alerts.evaluation.LeakEvaluation;
import dev.wolverine.alerts.evaluation.LeakOutcome;
import dev.wolverine.alerts.evaluation.LeakReport;
import dev.wolverine.alerts.evaluation.SeriesFile;
import dev.wolverine.alerts.leak.LeakRule;
import dev.wolverine.alerts.leak.LeakVerdict;
import dev.wolverine.web.app.StartupException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows labelled series to the detectors that the platform ships, and counts what they make of
 * them.
 */
@Command(
        name = "evaluate",
        description = "Measures the detectors on series whose truth is known.",
        synopsisSubcommandLabel = "(leaks | crashloops)")
final class EvaluateCommand {

    private static final int HEALTHY_PER_KIND = 8;
    private static final int LEAKING_PER_KIND = 12;
    private static final int LOOPS_PER_KIND = 20;
    private static final long CRASH_SEED = 7_001;

    @Command(
            name = "leaks",
            description = {
                "The leak detector on the built-in series, or on those of a file with the columns",
                "series,minute,memoryMb,pid,uptimeSeconds,version,label; the label is empty, or the minute at which",
                "the leak of the series begins."
            })
    int leaks(
            @Option(names = "--series", paramLabel = "FILE.csv", description = "Labelled series.")
                    @Nullable Path file,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        List<LabelledSeries> series = file == null ? builtIn() : read(file);
        LeakReport report = new LeakEvaluation(LeakRule.standard()).evaluate(series);
        if (json) {
            System.out.println(json(report).toPrettyString());
        } else {
            print(report, file != null);
        }
        return 0;
    }

    @Command(
            name = "crashloops",
            description = "The crash loop detector on simulated loops, back-offs and deploys.")
    int crashLoops(@Option(names = "--json", description = "Print JSON.") boolean json) {
        CrashLoopEvaluation.Table table =
                new CrashLoopEvaluation(CrashLoopRule.standard(), CRASH_SEED)
                        .evaluate(LOOPS_PER_KIND);
        if (json) {
            ObjectNode root = new ObjectMapper().valueToTree(table);
            root.put("recallUpTo10Minutes", table.recallInTime(600));
            root.put("falseAlarms", table.falseAlarms());
            System.out.println(root.toPrettyString());
        } else {
            print(table);
        }
        return 0;
    }

    private static List<LabelledSeries> builtIn() {
        return LeakCorpus.HELD_OUT_SEEDS.stream()
                .flatMap(seed -> LeakCorpus.of(seed, HEALTHY_PER_KIND, LEAKING_PER_KIND).stream())
                .toList();
    }

    private static List<LabelledSeries> read(Path file) {
        try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return SeriesFile.read(text);
        } catch (SeriesFile.Malformed e) {
            throw new StartupException("--series: " + file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new StartupException(
                    "--series: "
                            + file
                            + " (expected: a file of UTF-8 text that we can read; "
                            + e
                            + ")");
        }
    }

    private static void print(LeakReport report, boolean every) {
        System.out.printf(
                "%d healthy and %d leaking series, %.1f healthy server-days%n%n",
                report.healthy(), report.leaking(), report.healthyDays());
        System.out.printf("precision                    %.3f%n", report.precision());
        System.out.printf("recall                       %.3f%n", report.recall());
        System.out.printf("recall, not masked, >= 10    %.3f%n", report.recallUnmasked(10));
        System.out.printf(
                "alarms per healthy server-day %.4f%n%n", report.alarmsPerHealthyServerDay());
        System.out.printf("%-16s %6s %8s %12s%n", "kind", "series", "detected", "false alarms");
        for (LeakReport.Kind kind : report.kinds()) {
            System.out.printf(
                    "%-16s %6d %8d %12d%n",
                    kind.name(), kind.series(), kind.detected(), kind.falseAlarms());
        }
        System.out.printf(
                "%n%-16s %6s %8s %14s%n", "MB an hour", "leaks", "detected", "median delay");
        for (LeakReport.Band band : report.bands()) {
            System.out.printf(
                    "%-16s %6d %8d %14s%n",
                    range(band), band.leaks(), band.detected(), hours(band.medianDelayHours()));
        }
        if (every) {
            System.out.println();
            report.outcomes().forEach(EvaluateCommand::print);
        }
    }

    private static void print(LeakOutcome outcome) {
        String found =
                outcome.detected()
                        ? "found after " + hours(outcome.delayHours())
                        : outcome.series().leaks() ? "MISSED" : "healthy";
        String wrong =
                outcome.falseAlarms() == 0 ? "" : ", " + outcome.falseAlarms() + " FALSE ALARMS";
        System.out.printf(
                "%s: %s%s%s%n",
                outcome.series().name(),
                found,
                wrong,
                outcome.alarm().map(alarm -> ": " + alarm.sentence()).orElse(""));
    }

    private static ObjectNode json(LeakReport report) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("healthySeries", report.healthy());
        root.put("leakingSeries", report.leaking());
        root.put("healthyServerDays", report.healthyDays());
        root.put("detected", report.detected());
        root.put("falseAlarms", report.falseAlarms());
        root.put("precision", report.precision());
        root.put("recall", report.recall());
        root.put("recallUnmasked10", report.recallUnmasked(10));
        root.put("alarmsPerHealthyServerDay", report.alarmsPerHealthyServerDay());
        ArrayNode delays = root.putArray("delayBySlope");
        for (LeakReport.Band band : report.bands()) {
            ObjectNode row = delays.addObject();
            row.put("slopeMbPerHour", range(band));
            row.put("leaks", band.leaks());
            row.put("detected", band.detected());
            putHours(row, "medianDelayHours", band.medianDelayHours());
        }
        ArrayNode series = root.putArray("series");
        for (LeakOutcome outcome : report.outcomes()) {
            ObjectNode row = series.addObject();
            row.put("name", outcome.series().name());
            row.put("kind", outcome.series().kind());
            row.put("leaks", outcome.series().leaks());
            row.put("detected", outcome.detected());
            row.put("falseAlarms", outcome.falseAlarms());
            putHours(row, "delayHours", outcome.delayHours());
            outcome.alarm().ifPresent(alarm -> put(row, alarm));
        }
        return root;
    }

    private static void put(ObjectNode row, LeakVerdict alarm) {
        row.put("severity", alarm.severity().name().toLowerCase(Locale.ROOT));
        row.put("reason", alarm.reason().name().toLowerCase(Locale.ROOT));
        row.put("sentence", alarm.sentence());
    }

    private static void putHours(ObjectNode row, String name, OptionalDouble hours) {
        if (hours.isPresent()) {
            row.put(name, Math.round(hours.getAsDouble() * 100) / 100.0);
        } else {
            row.putNull(name);
        }
    }

    private static String range(LeakReport.Band band) {
        return Double.isInfinite(band.toMbPerHour())
                ? "%.0f and more".formatted(band.fromMbPerHour())
                : "%.0f to %.0f".formatted(band.fromMbPerHour(), band.toMbPerHour());
    }

    private static String hours(OptionalDouble hours) {
        return hours.isPresent() ? "%.1f h".formatted(hours.getAsDouble()) : "-";
    }

    private static void print(CrashLoopEvaluation.Table table) {
        System.out.printf(
                "%-10s %-9s %-7s %6s %9s %8s %13s%n",
                "period", "back-off", "deploy", "loops", "detected", "in time", "median delay");
        for (CrashLoopEvaluation.Loops row : table.loops()) {
            System.out.printf(
                    "%6d s   %-9s %-7s %6d %9d %8d %9.1f min%n",
                    row.periodSeconds(),
                    row.backOff() ? "yes" : "no",
                    row.deployed() ? "yes" : "no",
                    row.loops(),
                    row.detected(),
                    row.inTime(),
                    row.medianDelayMinutes());
        }
        System.out.printf(
                "%n%-8s %-14s %-11s %6s%n", "servers", "restarts each", "new version", "alarms");
        for (CrashLoopEvaluation.Calm row : table.calm()) {
            System.out.printf(
                    "%7d %14d %-11s %7d%n",
                    row.servers(),
                    row.restartsEach(),
                    row.newVersion() ? "  yes" : "  no",
                    row.alarms());
        }
        System.out.printf(
                "%nLoops of up to 10 minutes found in time: %.3f; alarms without a loop: %d%n",
                table.recallInTime(600), table.falseAlarms());
    }
}
