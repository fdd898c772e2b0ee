package dev.wolverine.web.cli;

import dev.wolverine.web.app.StartupException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops the platform of a data directory in good order, and waits for it. */
@Command(name = "stop", description = "Stops the platform of a data directory.")
final class StopCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Mixin private DataDirectoryOption data = new DataDirectoryOption();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Optional<ProcessHandle> platform = data.owner().flatMap(ProcessHandle::of);
        if (platform.isEmpty()) {
            System.out.println("No platform runs in " + data.directory().toAbsolutePath() + ".");
            return 0;
        }
        platform.get().destroy();
        try {
            platform.get().onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StartupException(
                    "the platform (process %d) has not stopped within %d s (expected: it does; see its log)"
                            .formatted(platform.get().pid(), PATIENCE.toSeconds()));
        }
        System.out.println("Stopped.");
        return 0;
    }
}
