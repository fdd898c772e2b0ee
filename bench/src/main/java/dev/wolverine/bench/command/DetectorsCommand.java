package dev.wolverine.bench.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.measure.Aims;
import dev.wolverine.bench.measure.DetectorMeasurement;
import dev.wolverine.bench.measure.PlatformUnderTest;
import dev.wolverine.db.postgres.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `detectors`: what it costs to remember and judge every instance. */
@Command(
        name = "detectors",
        description = "Measures the detectors on the database of a platform that it starts for it.",
        mixinStandardHelpOptions = true)
final class DetectorsCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--launcher", required = true, description = "The script that starts it.")
    private Path launcher = Path.of("");

    @Option(names = "--instances", description = "Default: 100000.")
    private int instances = 100_000;

    @Option(
            names = "--fed",
            description = "Those that are fed with a day of beats. Default: 16700.")
    private int fed = 16_700;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    DetectorsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        Aims aims = new Aims();
        DetectorMeasurement.Result result;
        try (PlatformUnderTest platform =
                PlatformUnderTest.start(launcher.toAbsolutePath(), List.of(), List.of())) {
            UUID organisation = organisation(platform.database());
            try (Database database = new Database(platform.storage())) {
                result = new DetectorMeasurement(database, organisation, instances, fed).run(aims);
            }
        }
        if (json) {
            ObjectNode figures = result.json();
            figures.put("benchmark", "detectors");
            aims.misses().forEach(figures.putArray("misses")::add);
            figures.put("cores", Runtime.getRuntime().availableProcessors());
            console.print(figures.toString());
            return 0;
        }
        console.print(
                "a beat %.2f us, a judgement %.2f us; %,.0f bytes an instance, %,.0f stored"
                        .formatted(
                                result.microsPerBeat(),
                                result.microsPerJudgement(),
                                result.bytesPerInstance(),
                                result.stateBytes()));
        console.print(
                "%,d instances loaded in %.1f s, saved at %,.0f a second"
                        .formatted(
                                result.instances(),
                                result.rebuildSeconds(),
                                result.savedPerSecond()));
        aims.misses().forEach(miss -> console.print("MISSED  " + miss));
        return 0;
    }

    private static UUID organisation(DatabaseUrl url) throws SQLException {
        try (Connection connection = url.connect();
                Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT id FROM organisations LIMIT 1")) {
            row.next();
            return row.getObject(1, UUID.class);
        }
    }
}
