package dev.wolverine.web.cli;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.embedded.EmbeddedServerException;
import dev.wolverine.db.embedded.EmbeddedServers;
import dev.wolverine.db.postgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at everything that the platform needs from its machine. */
@Command(name = "doctor", description = "Looks at everything that the platform needs.")
final class DoctorCommand implements Callable<Integer> {

    private static final long LITTLE_SPACE_BYTES = 5L << 30;

    @Mixin private DataDirectoryOption data = new DataDirectoryOption();
    private boolean sound = true;

    @Override
    public Integer call() throws IOException {
        Path existing = data.directory().toAbsolutePath().normalize();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        report(
                Files.isWritable(existing),
                "data directory",
                data.directory().toAbsolutePath().normalize().toString(),
                "cannot be written to");
        long free = Files.getFileStore(existing).getUsableSpace();
        report(
                free > LITTLE_SPACE_BYTES,
                "disk space",
                "%.1f GiB free".formatted(free / (double) (1L << 30)),
                "expected: more than 5 GiB");
        checkAccount(existing);
        checkPlatform();
        return sound ? 0 : 1;
    }

    private void checkAccount(Path existing) {
        try {
            report(true, "servers run as", EmbeddedServers.account(existing), "");
        } catch (EmbeddedServerException e) {
            report(false, "servers run as", "nobody", String.valueOf(e.getMessage()));
        }
    }

    private void checkPlatform() {
        Optional<PlatformState> state = data.state();
        if (state.isEmpty()) {
            report(true, "platform", data.owner().isPresent() ? "starting" : "not running", "");
            return;
        }
        report(true, "platform", "runs at " + state.get().http(), "");
        DatabaseUrl url = DatabaseUrl.parse(state.get().database());
        try (Database database =
                new Database(
                        DatabaseConfig.of(
                                url.url(), url.user().orElse(""), url.password().orElse("")))) {
            report(database.isReachable(), "database", url.url(), "does not answer");
        }
    }

    private void report(boolean good, String subject, String finding, String problem) {
        sound &= good;
        System.out.printf(
                "%-4s %-15s %s%s%n",
                good ? "ok" : "BAD", subject, finding, good ? "" : ": " + problem);
    }
}
