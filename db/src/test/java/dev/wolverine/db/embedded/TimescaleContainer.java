package dev.wolverine.db.embedded;

import dev.wolverine.db.DatabaseConfig;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** TimescaleDB in a container, which goes with the tests. */
final class TimescaleContainer {

    private static final String IMAGE = "timescale/timescaledb:2.23.0-pg17";
    private static final int PORT = 5432;
    private static final String PASSWORD = "tests";

    private TimescaleContainer() {}

    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // Testcontainers' reaper ends it.
    static DatabaseConfig start() {
        GenericContainer<?> container =
                new GenericContainer<>(IMAGE)
                        .withExposedPorts(PORT)
                        .withEnv("POSTGRES_PASSWORD", PASSWORD)
                        // Once for the initialisation, once for good.
                        .waitingFor(
                                Wait.forLogMessage(
                                        ".*database system is ready to accept connections.*", 2));
        container.start();
        return DatabaseConfig.of(
                "jdbc:postgresql://"
                        + container.getHost()
                        + ":"
                        + container.getMappedPort(PORT)
                        + "/postgres",
                "postgres",
                PASSWORD);
    }
}
