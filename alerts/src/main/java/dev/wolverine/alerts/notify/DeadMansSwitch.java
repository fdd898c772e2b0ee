package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.outbound.OutboundException;
import dev.wolverine.alerts.outbound.OutboundHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells somebody outside every minute that alerts would be told of: whoever hears nothing any more
 * raises the alarm that the platform itself cannot.
 */
public final class DeadMansSwitch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeadMansSwitch.class);

    private final OutboundHttp http;
    private final SecretText url;
    private final List<PipelineAge> ages;
    private final Duration period;
    private final MeterRegistry registry;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("dead-mans-switch").factory());
    private String last = "";

    /**
     * @param url asked with GET
     * @param ages all of which have to be well
     */
    public DeadMansSwitch(
            OutboundHttp http,
            SecretText url,
            List<PipelineAge> ages,
            Duration period,
            MeterRegistry registry) {
        this.http = http;
        this.url = url;
        this.ages = List.copyOf(ages);
        this.period = period;
        this.registry = registry;
    }

    public void start() {
        timer.scheduleAtFixedRate(
                this::tick, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void tick() {
        try {
            String result = signal();
            registry.counter(
                            "wolverine.notify.watchdog",
                            "sent",
                            Boolean.toString(result.equals("sent")))
                    .increment();
            if (!result.equals(last)) {
                log.info("watchdog: {}", result);
                last = result;
            }
        } catch (RuntimeException e) {
            log.error("the watchdog could not be sent", e);
        }
    }

    private String signal() {
        String late =
                ages.stream()
                        .map(PipelineAge::read)
                        .filter(reading -> !reading.isWell())
                        .map(PipelineAge.Reading::name)
                        .collect(Collectors.joining(", "));
        if (!late.isEmpty()) {
            return "not sent, because of " + late;
        }
        try {
            int status = http.get(url.reveal()).status();
            return status >= 200 && status < 300 ? "sent" : "refused with " + status;
        } catch (OutboundException e) {
            return "not sent: " + e.text();
        }
    }
}
