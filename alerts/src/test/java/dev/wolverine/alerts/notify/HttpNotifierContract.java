package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.outbound.ReceivingServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same for those that speak HTTP. */
abstract class HttpNotifierContract extends NotifierContract {

    final ReceivingServer server = new ReceivingServer();

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a status of 410 is taken for. */
    abstract Class<? extends Outcome> gone();

    /** What a status of 404 is taken for. */
    abstract Class<? extends Outcome> missing();

    @Override
    List<String> addresses() {
        return server.received().stream().map(ReceivingServer.Received::line).toList();
    }

    @Override
    Map<String, Trouble> troubles() {
        Map<String, Trouble> troubles = new LinkedHashMap<>();
        for (int status : List.of(408, 425, 429, 500, 502, 503, 504, 599)) {
            troubles.put("status " + status, trouble(status, Outcome.Retry.class));
        }
        for (int status : List.of(301, 302, 307, 308, 400, 401, 403, 405, 413, 422)) {
            troubles.put("status " + status, trouble(status, Outcome.Failed.class));
        }
        troubles.put("status 404", trouble(404, missing()));
        troubles.put("status 410", trouble(410, gone()));
        return troubles;
    }

    @Override
    Map<String, Runnable> connectionTroubles() {
        Map<String, Runnable> troubles = new LinkedHashMap<>();
        troubles.put("hangs", () -> server.always(ReceivingServer.hanging()));
        troubles.put("hangs in body", () -> server.always(ReceivingServer.hangingAfterHeaders()));
        troubles.put("drips", () -> server.always(ReceivingServer.dripping()));
        troubles.put("resets", () -> server.always(ReceivingServer.resetting()));
        troubles.put("nonsense", () -> server.always(ReceivingServer.garbage()));
        return troubles;
    }

    @Test
    void obeysWhenToComeBack() {
        server.always(status(429, "Retry-After: 17"));
        assertThat(deliver(single(firing())))
                .isEqualTo(
                        new Outcome.Retry(
                                Optional.of(429),
                                "the receiver answered 429",
                                Optional.of(Duration.ofSeconds(17))));
    }

    private Trouble trouble(int status, Class<? extends Outcome> expected) {
        return new Trouble(
                () -> server.always(status(status, "Location: http://127.0.0.1:1/")), expected);
    }
}
