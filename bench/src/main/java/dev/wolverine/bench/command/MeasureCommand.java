package dev.wolverine.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.bench.measure.Aims;
import dev.wolverine.bench.measure.AnalyticsBenchmark;
import dev.wolverine.bench.measure.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** `measure`: starts a platform of its own for each run, and says what a heartbeat costs it. */
@Command(
        name = "measure",
        description = {
            "Measures a platform that it starts for it, and stops, in a directory of its own.",
            "  ingest       gRPC streams at full speed; then 1,667 beats a second",
            "  http         JSON over connections that are kept alive, at full speed",
            "  connections  one gRPC connection an instance, at full speed",
            "  replay       a fleet sends its last 1,440 beats each, while others go on live",
            "  million      1,000,000 instances, a beat a minute",
            "  analytics    questions about cost: 10,000 servers; a day and thirty of heartbeats"
        },
        mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "RUN", description = "One of the above.")
    private Scenario scenario = Scenario.INGEST;

    @Option(names = "--launcher", required = true, description = "The script that starts it.")
    private Path launcher = Path.of("");

    @Option(
            names = "--seconds",
            description = "Length of a measurement. Default: 60; million: 600; replay: no limit.")
    private @Nullable Integer seconds;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Option(names = "--instances", description = "Size of the fleet; each run has its default.")
    private @Nullable Integer instances;

    @Option(
            names = "--changed",
            split = ",",
            paramLabel = "PERCENT",
            description =
                    "Beats whose usage has changed, a run each; one alone: that run alone. Default: 10,0,100.")
    private List<Integer> changed = List.of(10, 0, 100);

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the platform that is not as shipped.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--profile",
            paramLabel = "DIR",
            description =
                    "Records the platform with the flight recorder and the database's statements; costs some speed.")
    private @Nullable Path profile;

    MeasureCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        if (profile != null) {
            Files.createDirectories(profile);
        }
        Aims aims = new Aims();
        if (scenario == Scenario.ANALYTICS) {
            return analytics(aims);
        }
        Measurements runs =
                new Measurements(
                        new Measurements.Plan(
                                launcher.toAbsolutePath(), seconds, instances, settings, profile),
                        aims,
                        json ? _ -> {} : console::print);
        List<Figures> figures = runs.run(scenario, changed);
        if (json) {
            console.print(json(figures, aims).toString());
        } else {
            console.print("machine: " + Machine.inWords() + settingsInWords());
            aims.misses().forEach(miss -> console.print("MISSED  " + miss));
        }
        return 0;
    }

    private int analytics(Aims aims) throws IOException, SQLException, InterruptedException {
        ObjectNode figures =
                new AnalyticsBenchmark(
                                launcher.toAbsolutePath(),
                                settings,
                                aims,
                                json ? _ -> {} : console::print)
                        .run();
        if (json) {
            ObjectNode all = new ObjectMapper().createObjectNode().put("benchmark", "analytics");
            all.setAll(figures);
            aims.misses().forEach(all.putArray("misses")::add);
            all.put("cores", Runtime.getRuntime().availableProcessors())
                    .put("machine", Machine.inWords());
            console.print(all.toString());
        } else {
            console.print(figures.toString());
            console.print("machine: " + Machine.inWords() + settingsInWords());
            aims.misses().forEach(miss -> console.print("MISSED  " + miss));
        }
        return 0;
    }

    private ObjectNode json(List<Figures> figures, Aims aims) throws IOException {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("benchmark", scenario.name().toLowerCase(Locale.ROOT));
        json.setAll(figures.getFirst().json());
        var others = json.putArray("beside");
        figures.stream().skip(1).forEach(run -> others.add(run.json()));
        aims.misses().forEach(json.putArray("misses")::add);
        settings.forEach(json.putArray("settings")::add);
        return json.put("cores", Runtime.getRuntime().availableProcessors())
                .put("machine", Machine.inWords());
    }

    private String settingsInWords() {
        return settings.isEmpty() ? "" : "; not as shipped: " + settings;
    }
}
