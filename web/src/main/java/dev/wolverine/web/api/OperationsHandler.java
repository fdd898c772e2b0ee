package dev.wolverine.web.api;

import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Health, readiness, metrics, and the description of all this. */
public final class OperationsHandler {

    private static final String OPENAPI = "/openapi.yaml";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private static final Duration CHECKS_HOLD = Duration.ofMillis(500);

    private final Readiness readiness;
    private final PrometheusMeterRegistry registry;
    private final BlockingCalls blocking;
    private final Clock clock;
    private final Instant startedAt;
    private @Nullable CompletionStage<Map<String, Boolean>> lastChecks;
    private long lastChecked;

    public OperationsHandler(
            Readiness readiness,
            PrometheusMeterRegistry registry,
            BlockingCalls blocking,
            Clock clock) {
        this.readiness = readiness;
        this.registry = registry;
        this.blocking = blocking;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/health", Access.PUBLIC, this::health),
                new Endpoint(HttpMethod.GET, "/ready", Access.PUBLIC, this::ready),
                new Endpoint(HttpMethod.GET, "/metrics", Access.READ_OR_LOCAL, this::metrics),
                new Endpoint(HttpMethod.GET, "/api/v1/openapi.yaml", Access.PUBLIC, this::openApi));
    }

    private void health(RoutingContext context) {
        Answers.json(
                context,
                200,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("status", "up");
                    json.writeNumberField(
                            "uptimeSeconds",
                            Math.max(0, Duration.between(startedAt, clock.instant()).toSeconds()));
                    json.writeEndObject();
                });
    }

    private void ready(RoutingContext context) {
        Answers.whenDone(
                context,
                checks(),
                checks -> {
                    boolean up = !checks.containsValue(false);
                    Answers.json(
                            context,
                            up ? 200 : 503,
                            json -> {
                                json.writeStartObject();
                                json.writeStringField("status", word(up));
                                json.writeObjectFieldStart("checks");
                                for (Map.Entry<String, Boolean> check : checks.entrySet()) {
                                    json.writeStringField(check.getKey(), word(check.getValue()));
                                }
                                json.writeEndObject();
                                json.writeEndObject();
                            });
                });
    }

    /**
     * Anybody may ask: one round of checks answers all who ask within half a second, so that they
     * take no connection from the heartbeats.
     */
    private synchronized CompletionStage<Map<String, Boolean>> checks() {
        long now = System.nanoTime();
        if (lastChecks == null || now - lastChecked > CHECKS_HOLD.toNanos()) {
            lastChecks = blocking.call(readiness::check);
            lastChecked = now;
        }
        return lastChecks;
    }

    private void metrics(RoutingContext context) {
        CompletionStage<byte[]> scrape =
                blocking.call(() -> registry.scrape().getBytes(StandardCharsets.UTF_8));
        Answers.whenDone(context, scrape, text -> Answers.bytes(context, PROMETHEUS_TEXT, text));
    }

    private void openApi(RoutingContext context) {
        Answers.whenDone(
                context,
                blocking.call(OperationsHandler::readOpenApi),
                yaml -> Answers.bytes(context, "application/yaml", yaml));
    }

    private static byte[] readOpenApi() {
        try (InputStream yaml = OperationsHandler.class.getResourceAsStream(OPENAPI)) {
            if (yaml == null) {
                throw new IllegalStateException(OPENAPI + ": not on the class path");
            }
            return yaml.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(OPENAPI, e);
        }
    }

    private static String word(boolean up) {
        return up ? "up" : "down";
    }

    /**
     * Whether the parts can do their work. Each check blocks for two seconds at most; one that
     * throws is down.
     */
    public record Readiness(
            BooleanSupplier database, BooleanSupplier redis, BooleanSupplier fleetIndex) {

        Map<String, Boolean> check() {
            Map<String, Boolean> checks = new LinkedHashMap<>();
            checks.put("database", isUp(database));
            checks.put("redis", isUp(redis));
            checks.put("fleetIndex", isUp(fleetIndex));
            return checks;
        }

        private static boolean isUp(BooleanSupplier check) {
            try {
                return check.getAsBoolean();
            } catch (RuntimeException e) {
                return false;
            }
        }
    }
}
