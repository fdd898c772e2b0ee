package dev.wolverine.web.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts and times answers by operation: {@code wolverine_http_requests_seconds}. The tags are
 * closed sets; what the caller writes is never one.
 */
public final class HttpMetrics implements Handler<RoutingContext> {

    private static final Set<HttpMethod> METHODS =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.POST,
                    HttpMethod.PUT,
                    HttpMethod.PATCH,
                    HttpMethod.DELETE,
                    HttpMethod.OPTIONS);

    private final MeterRegistry registry;
    private final Map<Tags, Timer> timers = new ConcurrentHashMap<>();

    public HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void handle(RoutingContext context) {
        long start = System.nanoTime();
        context.addEndHandler(end -> record(context, System.nanoTime() - start));
        context.next();
    }

    private void record(RoutingContext context, long nanos) {
        record(
                context.request().method(),
                Endpoint.of(context).map(Endpoint::path).orElse("(none)"),
                context.response().getStatusCode(),
                nanos);
    }

    /**
     * Counts one answer.
     *
     * @param route one of the operations' paths
     * @param nanos from the header's arrival on
     */
    public void record(HttpMethod method, String route, int status, long nanos) {
        Tags tags = new Tags(METHODS.contains(method) ? method.name() : "OTHER", route, status);
        timers.computeIfAbsent(tags, this::timer).record(Duration.ofNanos(nanos));
    }

    private Timer timer(Tags tags) {
        return Timer.builder("wolverine.http.requests")
                .description("Answers by operation, from the header's arrival to the last byte.")
                .tag("method", tags.method)
                .tag("route", tags.route)
                .tag("status", Integer.toString(tags.status))
                .register(registry);
    }

    private record Tags(String method, String route, int status) {}
}
