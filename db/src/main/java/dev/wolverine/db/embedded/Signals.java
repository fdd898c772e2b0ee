package dev.wolverine.db.embedded;

import java.io.IOException;

/** Signals that {@link ProcessHandle} has no method for. */
final class Signals {

    private Signals() {}

    /** SIGINT: for PostgreSQL, end sessions and stop in good order; for Redis, stop. */
    static void interrupt(long pid) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -INT \"$1\"", "sh", Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
