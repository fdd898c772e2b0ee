package dev.wolverine.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.ledger.CheckReport;
import dev.wolverine.bench.ledger.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `verify`: whether the platform has kept what it promised. */
@Command(
        name = "verify",
        description = "Compares a ledger with the database: valid 0, INVALID 1, UNKNOWN 2.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--database",
            required = true,
            paramLabel = "URL",
            description = "jdbc:postgresql:// or postgres://; user and password also by PG*.")
    private String database = "";

    @Option(names = "--ledger", required = true, paramLabel = "DIR", description = "Of the fleet.")
    private Path ledger = Path.of("");

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean asJson;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        DatabaseUrl url = DatabaseUrl.parse(database, System.getenv());
        CheckReport report = new Verification(ledger, url).run();
        if (asJson) {
            console.print(json(report));
        } else {
            console.print(report.verdict().word() + ": " + report.reason());
            console.print(
                    "attempted %,d  acked %,d  refused %,d  stored %,d  quarantined %,d"
                            .formatted(
                                    report.attempted(),
                                    report.acknowledged(),
                                    report.refused(),
                                    report.stored(),
                                    report.quarantined()));
            console.print(
                    "lost %,d  invented %,d  duplicates %,d  differing %,d  stored without an ack %,d"
                            .formatted(
                                    report.lost(),
                                    report.invented(),
                                    report.duplicates(),
                                    report.differing(),
                                    report.unanswered()));
            report.examples().forEach(console::print);
        }
        return report.verdict().exitCode();
    }

    private static String json(CheckReport report) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("verdict", report.verdict().word())
                .put("reason", report.reason())
                .put("attempted", report.attempted())
                .put("acknowledged", report.acknowledged())
                .put("refused", report.refused())
                .put("stored", report.stored())
                .put("quarantined", report.quarantined())
                .put("lost", report.lost())
                .put("invented", report.invented())
                .put("duplicates", report.duplicates())
                .put("differing", report.differing())
                .put("unanswered", report.unanswered());
        report.examples().forEach(json.putArray("examples")::add);
        return json.toString();
    }
}
