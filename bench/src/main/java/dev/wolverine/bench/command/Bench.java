package dev.wolverine.bench.command;

import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Tools around a running platform: a simulated fleet, its checker, replay and comparison. */
@Command(
        name = "platform-bench",
        description = "Simulated fleet, checker, replay of recorded clients, comparison.",
        mixinStandardHelpOptions = true)
public final class Bench {
    private static final int WRONG_INPUT = 2;

    public static void main(String[] arguments) {
        Console console = new Console(System.out, System.err);
        System.exit(commandLine(console, Clock.systemUTC()).execute(arguments));
    }

    static CommandLine commandLine(Console console, Clock clock) {
        CommandLine commandLine = new CommandLine(new Bench());
        commandLine.addSubcommand(new FleetCommand(clock, console));
        commandLine.addSubcommand(new VerifyCommand(console));
        commandLine.addSubcommand(new ReplayCommand(console));
        commandLine.addSubcommand(new CompareCommand(console));
        commandLine.addSubcommand(new MeasureCommand(console));
        commandLine.addSubcommand(new ChaosCommand(console));
        commandLine.addSubcommand(new DetectorsCommand(console));
        commandLine.addSubcommand(new QueryCommand(console));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.registerConverter(Duration.class, new DurationConverter());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            console.error(
                    failure instanceof IllegalArgumentException
                            ? String.valueOf(failure.getMessage())
                            : failure.toString());
            return WRONG_INPUT;
        });
        return commandLine;
    }
}
