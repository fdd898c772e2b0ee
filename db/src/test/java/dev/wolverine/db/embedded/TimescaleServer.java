package dev.wolverine.db.embedded;

import dev.wolverine.db.DatabaseConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The TimescaleDB of this test run, started when first asked for: the server that
 * `WOLVERINE_TEST_DATABASE_URL` names if it has one, else a container where a Docker engine
 * answers, else one in WebAssembly.
 *
 * @param administration who may create databases, or is alone in the only one
 * @param databases whether it has more than one
 */
public record TimescaleServer(DatabaseConfig administration, boolean databases) {

    private static @Nullable TimescaleServer started;
    private static @Nullable String missing;

    /**
     * Starts it.
     *
     * @throws TestAbortedException if there is none: the test is skipped
     */
    public static synchronized TimescaleServer get() {
        if (started == null && missing == null) {
            try {
                started = start();
            } catch (IOException | RuntimeException e) {
                missing = String.valueOf(e.getMessage());
                System.out.println("SKIPPED: no TimescaleDB takes part: " + missing);
            }
        }
        if (started == null) {
            throw new TestAbortedException("no TimescaleDB: " + missing);
        }
        return started;
    }

    private static TimescaleServer start() throws IOException {
        Optional<DatabaseConfig> external = TestServers.external().filter(TimescaleServer::offers);
        if (external.isPresent()) {
            return new TimescaleServer(external.get(), true);
        }
        if (mayHaveDocker() && TimescaleContainer.isPossible()) {
            return new TimescaleServer(TimescaleContainer.start(), true);
        }
        return new TimescaleServer(TimescaleWire.start(), false);
    }

    /** Nobody is asked, and no class of the client is loaded, where there cannot be an engine. */
    private static boolean mayHaveDocker() {
        return System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of("/var/run/docker.sock"));
    }

    private static boolean offers(DatabaseConfig server) {
        try (Connection connection =
                        DriverManager.getConnection(
                                server.url(), server.user(), server.password());
                Statement select = connection.createStatement();
                ResultSet found =
                        select.executeQuery(
                                "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'")) {
            return found.next();
        } catch (SQLException e) {
            throw new IllegalStateException("the named database does not answer", e);
        }
    }
}
