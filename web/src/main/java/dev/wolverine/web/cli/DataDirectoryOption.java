package dev.wolverine.web.cli;

import dev.wolverine.db.embedded.DataDirectory;
import dev.wolverine.web.app.StartupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which platform is meant: the one of this data directory. */
final class DataDirectoryOption {

    @Option(
            names = {"--data-dir", "--data.dir"},
            paramLabel = "DIR",
            defaultValue = "${env:WOLVERINE_DATA_DIR:-.wolverine}",
            description =
                    "Data directory of the platform (default: $$WOLVERINE_DATA_DIR, .wolverine).")
    private Path directory = Path.of(".wolverine");

    Path directory() {
        return directory;
    }

    /** The process id of the platform that runs there, ready or not. */
    Optional<Long> owner() {
        try {
            return DataDirectory.owner(directory);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Where the platform answers; empty if it is not ready. */
    Optional<PlatformState> state() {
        try {
            return DataDirectory.state(directory).map(PlatformState::ofJson);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    PlatformState requireState() {
        return state().orElseThrow(() ->
                new StartupException(
                        "data.dir: no platform runs in "
                                + directory.toAbsolutePath().normalize()
                                + " (expected: a running one; start it with"
                                + " ./platform up)"));
    }

    private StartupException unreadable(IOException e) {
        return new StartupException(
                "data.dir: " + directory + " (expected: a directory that we can read; " + e + ")");
    }
}
