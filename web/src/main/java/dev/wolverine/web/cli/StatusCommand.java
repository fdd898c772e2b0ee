package dev.wolverine.web.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says whether a platform runs, and where it answers. */
@Command(
        name = "status",
        description = "Says whether the platform runs, and where it answers.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:it is ready", "3:it is not running, or not ready yet"})
final class StatusCommand implements Callable<Integer> {

    private static final int NOT_RUNNING = 3;

    @Mixin private DataDirectoryOption data = new DataDirectoryOption();

    @Option(
            names = "--json",
            description = "Print addresses, with passwords, and process ids as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Optional<PlatformState> state = data.state();
        if (state.isEmpty()) {
            System.err.println(
                    data.owner()
                            .map(pid -> "Starting (process " + pid + "), not ready yet.")
                            .orElse("Not running in " + data.directory().toAbsolutePath() + "."));
            return NOT_RUNNING;
        }
        if (json) {
            System.out.println(state.get().json());
        } else {
            print(state.get());
        }
        return 0;
    }

    private void print(PlatformState state) {
        System.out.printf("Running in %s%n", data.directory().toAbsolutePath().normalize());
        System.out.printf("  Dashboard  %s%n", state.http());
        System.out.printf("  gRPC       %s%n", state.grpc());
        System.out.printf(
                "  Processes  platform %d, postgres %s, redis %s%n",
                state.pids().platform(),
                orExternal(state.pids().postgres()),
                orExternal(state.pids().redis()));
        StorageLines.ask(state.http()).ifPresent(System.out::println);
    }

    private static String orExternal(@Nullable Long pid) {
        return pid == null ? "external" : pid.toString();
    }
}
