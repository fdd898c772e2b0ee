package dev.wolverine.web.cli;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.embedded.EmbeddedServerException;
import dev.wolverine.web.app.StartupException;
import dev.wolverine.web.config.ConfigException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the jar; `./platform` of the repository calls it. */
@Command(
        name = "platform",
        description = "Fleet telemetry for self-healing Node.js servers.",
        subcommands = {
            ServeCommand.class,
            StopCommand.class,
            StatusCommand.class,
            KeysCommand.class,
            EnrolCommand.class,
            UsersCommand.class,
            OrgsCommand.class,
            AuditCommand.class,
            EvaluateCommand.class,
            DoctorCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command; returns its exit code, 0 if all went well. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure))
                .execute(Arrays.copyOf(arguments, arguments.length));
    }

    /** Says what is wrong in the words of whoever found it; only a bug shows its stack trace. */
    private static int explain(Exception failure) {
        switch (failure) {
            case ConfigException config -> config.problems().forEach(Main::complain);
            case StartupException e -> complain(e.getMessage());
            case EmbeddedServerException e -> complain(e.getMessage());
            case StorageException e ->
                    complain(
                            "database: "
                                    + deepest(e)
                                    + " (expected: a PostgreSQL that lets us in and define tables;"
                                    + " see database.url)");
            default -> {
                complain("this is a defect of the platform: " + failure);
                failure.printStackTrace(System.err);
            }
        }
        if (!(failure instanceof ConfigException)) {
            LoggerFactory.getLogger(Main.class).debug("the command failed", failure);
        }
        return 1;
    }

    /** What the server itself said, without what was said on the way up. */
    private static String deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("no answer");
    }

    private static void complain(@Nullable String problem) {
        System.err.println("platform: " + problem);
    }
}
