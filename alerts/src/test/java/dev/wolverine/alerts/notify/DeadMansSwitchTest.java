package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.alerts.outbound.ReceivingServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeadMansSwitchTest {

    @Test
    void speaksWhileAllIsWellAndAtNoOtherTime() {
        AtomicReference<Optional<Duration>> beat =
                new AtomicReference<>(Optional.of(Duration.ofSeconds(119)));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (ReceivingServer server = new ReceivingServer();
                DeadMansSwitch watchdog =
                        new DeadMansSwitch(
                                NotifierContract.http(),
                                new SecretText(server.url("/alive")),
                                List.of(
                                        new PipelineAge(
                                                "newestBeat", Duration.ofMinutes(2), beat::get),
                                        new PipelineAge(
                                                "outbox",
                                                Duration.ofMinutes(1),
                                                () -> Optional.of(Duration.ZERO))),
                                Duration.ofMillis(20),
                                registry)) {
            watchdog.start();
            await().until(() -> server.received().size() > 2);
            assertThat(server.received().getFirst().line()).isEqualTo("GET /alive HTTP/1.1");

            for (Optional<Duration> late :
                    List.of(Optional.of(Duration.ofMinutes(2)), Optional.<Duration>empty())) {
                beat.set(late);
                awaitRounds(registry, 3);
                int heard = server.received().size();
                awaitRounds(registry, 3);
                assertThat(server.received()).hasSize(heard);
            }

            beat.set(Optional.of(Duration.ZERO));
            int heard = server.received().size();
            await().until(() -> server.received().size() > heard);
        }
    }

    private static void awaitRounds(SimpleMeterRegistry registry, int rounds) {
        double before = unsent(registry);
        await().until(() -> unsent(registry) >= before + rounds);
    }

    private static double unsent(SimpleMeterRegistry registry) {
        return registry.counter("wolverine.notify.watchdog", "sent", "false").count();
    }
}
