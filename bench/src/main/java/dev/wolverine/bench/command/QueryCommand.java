package dev.wolverine.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.bench.measure.Aims;
import dev.wolverine.bench.query.QueryMeasurement;
import dev.wolverine.bench.query.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `query`: starts a platform with a fleet in it, and says how fast it answers. */
@Command(
        name = "query",
        description = "Times what dashboards ask, on a platform that it starts and fills for it.",
        mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
    private static final int MOST_SERVERS = 1_000_000;

    private final Console console;

    @Option(names = "--launcher", required = true, description = "The script that starts it.")
    private Path launcher = Path.of("");

    @Option(
            names = "--servers",
            defaultValue = "10000",
            description = "Servers with 24 hours of beats. Default: ${DEFAULT-VALUE}.")
    private int servers;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    QueryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        if (servers < 1 || servers > MOST_SERVERS) {
            throw new IllegalArgumentException(
                    "servers: %d (expected: 1 to %d)".formatted(servers, MOST_SERVERS));
        }
        Aims aims = new Aims();
        List<Timing> timings =
                new QueryMeasurement(
                                launcher.toAbsolutePath(), servers, json ? _ -> {} : console::print)
                        .run(aims);
        if (json) {
            ObjectNode answer = new ObjectMapper().createObjectNode();
            answer.put("benchmark", "query").put("servers", servers);
            var questions = answer.putArray("questions");
            timings.forEach(timing -> questions.add(timing.json()));
            aims.misses().forEach(answer.putArray("misses")::add);
            answer.put("cores", Runtime.getRuntime().availableProcessors())
                    .put("machine", Machine.inWords());
            console.print(answer.toString());
        } else {
            console.print("machine: " + Machine.inWords());
            aims.misses().forEach(miss -> console.print("MISSED  " + miss));
        }
        return 0;
    }
}
