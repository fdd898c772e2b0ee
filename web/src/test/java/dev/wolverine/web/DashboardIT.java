package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.web.app.AnyPorts;
import dev.wolverine.web.app.Platform;
import dev.wolverine.web.session.FirstOwner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The dashboard in a real Chromium against a fresh platform. The steps are in
 * src/main/frontend/test/e2e; what the browser saw stays in target/dashboard-screenshots.
 */
@NullUnmarked
class DashboardIT {

    private static final Path FRONTEND = Path.of("src/main/frontend").toAbsolutePath();
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Duration LONGEST = Duration.ofMinutes(8);

    private static TestDatabase testDatabase;
    private static Platform platform;

    @BeforeAll
    static void start() {
        testDatabase = TestDatabase.create();
        platform = Platform.start(AnyPorts.config(), testDatabase.config(), TestDatabase.redis());
    }

    @AfterAll
    static void stop() {
        platform.close();
        testDatabase.close();
    }

    @Test
    void aPersonsFirstHour() throws Exception {
        FirstOwner.Login login = platform.firstLogin().orElseThrow();
        Path log = TARGET.resolve("dashboard-e2e.log");
        ProcessBuilder endToEnd =
                new ProcessBuilder("npm", "run", "--silent", "e2e")
                        .directory(FRONTEND.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        endToEnd.environment()
                .putAll(
                        Map.of(
                                "WOLVERINE_E2E_URL",
                                "http://127.0.0.1:" + platform.httpPort(),
                                "WOLVERINE_E2E_EMAIL",
                                login.email(),
                                "WOLVERINE_E2E_PASSWORD",
                                login.password(),
                                "WOLVERINE_E2E_SCREENSHOTS",
                                TARGET.resolve("dashboard-screenshots").toString(),
                                "NO_COLOR",
                                "1"));
        Process process = endToEnd.start();
        try {
            assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                    .as("done within %s", LONGEST)
                    .isTrue();
            assertThat(process.exitValue()).as(() -> read(log)).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException e) {
            return log + ": " + e.getMessage();
        }
    }
}
