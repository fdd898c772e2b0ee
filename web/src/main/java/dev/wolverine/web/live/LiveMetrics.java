package dev.wolverine.web.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What the live feed counts. */
final class LiveMetrics {

    private final Counter received;
    private final Counter sent;
    private final Counter held;
    private final Counter refused;
    private final Map<CloseCode, Counter> closed = new EnumMap<>(CloseCode.class);

    LiveMetrics(MeterRegistry registry) {
        received =
                Counter.builder("wolverine.live.messages.received")
                        .description("Messages of clients.")
                        .register(registry);
        sent =
                Counter.builder("wolverine.live.messages.sent")
                        .description("Messages to clients.")
                        .register(registry);
        held =
                Counter.builder("wolverine.live.rounds.held")
                        .description("Rounds of changes that waited for a slow reader.")
                        .register(registry);
        refused =
                Counter.builder("wolverine.live.upgrades.refused")
                        .description("Upgrades refused because there are too many sockets.")
                        .register(registry);
        for (CloseCode code : CloseCode.values()) {
            closed.put(
                    code,
                    Counter.builder("wolverine.live.closed")
                            .description("Sockets that the platform closed, by reason.")
                            .tag("reason", code.label())
                            .register(registry));
        }
    }

    void received() {
        received.increment();
    }

    void sent() {
        sent.increment();
    }

    void held() {
        held.increment();
    }

    void refused() {
        refused.increment();
    }

    void closed(CloseCode code) {
        Counter counter = closed.get(code);
        if (counter != null) {
            counter.increment();
        }
    }
}
