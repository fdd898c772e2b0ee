package dev.wolverine.web.live;

import dev.wolverine.db.model.Principal;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Authenticator;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestDeadline;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code /ws/live}: upgrades, counts the sockets against their limits, and closes them when their
 * credential ends or the platform does.
 *
 * <p>Thread-safe.
 */
public final class LiveFeed {

    /** A restart must not bring everybody back in the same second. */
    private static final int LEAST_RETRY_MILLIS = 1_000;

    private static final int MOST_RETRY_MILLIS = 5_000;

    private final Authenticator authenticator;
    private final FleetFeed fleet;
    private final FleetLogs logs;
    private final EventLogs events;
    private final ExecutorService sorting =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("live-windows").factory());
    private final LiveSettings settings;
    private final Clock clock;
    private final LiveMetrics metrics;
    private final Set<LiveSocket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<Object, Integer> admitted = new HashMap<>();
    private volatile boolean closing;

    public LiveFeed(
            Authenticator authenticator,
            FleetFeed fleet,
            EventFeed events,
            LiveSettings settings,
            Clock clock,
            MeterRegistry registry) {
        this.authenticator = authenticator;
        this.fleet = fleet;
        this.logs = new FleetLogs(fleet, sorting);
        this.events = new EventLogs(events, registry);
        this.settings = settings;
        this.clock = clock;
        this.metrics = new LiveMetrics(registry);
        Gauge.builder("wolverine.live.sockets", sockets, Set::size)
                .description("Open sockets, authenticated or not.")
                .register(registry);
        Gauge.builder("wolverine.live.organisations", logs, FleetLogs::size)
                .description("Organisations that are watched.")
                .register(registry);
    }

    public Endpoint endpoint() {
        return new Endpoint(HttpMethod.GET, "/ws/live", Access.READ_OR_LATER, this::upgrade);
    }

    /** Begins to follow the events. */
    public void start() {
        events.start();
    }

    /**
     * A credential has ended: what it holds open is closed.
     *
     * @param credentialId as {@link Caller#credentialId()}
     */
    public void revoked(String credentialId) {
        for (LiveSocket socket : sockets) {
            socket.closeIfHeldBy(credentialId);
        }
    }

    /** Says goodbye to everybody; completes when the sockets are closed. */
    public Future<Void> close() {
        closing = true;
        List<Future<Void>> closed = new ArrayList<>();
        for (LiveSocket socket : sockets) {
            long retryIn =
                    ThreadLocalRandom.current().nextLong(LEAST_RETRY_MILLIS, MOST_RETRY_MILLIS);
            closed.add(socket.sayGoodbye(retryIn));
        }
        sorting.shutdownNow();
        return Future.join(closed).<Void>mapEmpty().onComplete(done -> events.stop());
    }

    private void upgrade(RoutingContext context) {
        if (!context.request()
                .headers()
                .contains(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET, true)) {
            throw Problem.badRequest("Upgrade: missing (expected: websocket)");
        }
        if (closing || sockets.size() >= settings.maxSockets()) {
            metrics.refused();
            throw Problem.unavailable("too many sockets, or shutting down; try again");
        }
        context.request()
                .toWebSocket()
                .onComplete(
                        socket -> opened(context, socket),
                        failure -> context.fail(Problem.badRequest("not a WebSocket handshake")));
    }

    private void opened(RoutingContext context, ServerWebSocket webSocket) {
        RequestDeadline.release(context.request().connection());
        ProtocolErrors.answer(context.request().connection());
        Context eventLoop = context.vertx().getOrCreateContext();
        LiveSocket socket = new LiveSocket(this, webSocket, eventLoop, metrics);
        boolean rejectedSession =
                Caller.find(context).isEmpty()
                        && authenticator.sessionToken(context.request()).isPresent();
        webSocket.closeHandler(closed -> {
            sockets.remove(socket);
            socket.closed();
        });
        sockets.add(socket);
        socket.open(Caller.find(context), rejectedSession);
    }

    /** Whether one more socket fits into the limits; each yes needs one {@link #leave}. */
    boolean admit(Principal principal) {
        synchronized (admitted) {
            int ofSubject = admitted.getOrDefault(subject(principal), 0);
            int ofOrganisation = admitted.getOrDefault(principal.organisationId(), 0);
            if (ofSubject >= settings.maxSocketsPerSubject()
                    || ofOrganisation >= settings.maxSocketsPerOrganisation()) {
                return false;
            }
            admitted.put(subject(principal), ofSubject + 1);
            admitted.put(principal.organisationId(), ofOrganisation + 1);
            return true;
        }
    }

    void leave(Principal principal) {
        synchronized (admitted) {
            admitted.computeIfPresent(subject(principal), (key, count) -> less(count));
            admitted.computeIfPresent(principal.organisationId(), (key, count) -> less(count));
        }
    }

    Authenticator authenticator() {
        return authenticator;
    }

    FleetFeed fleet() {
        return fleet;
    }

    FleetLogs logs() {
        return logs;
    }

    LiveSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    EventLogs events() {
        return events;
    }

    private static Subject subject(Principal principal) {
        return new Subject(principal.organisationId(), principal.subject());
    }

    @SuppressWarnings("NullAway") // removes the entry
    private static Integer less(Integer count) {
        return count > 1 ? count - 1 : null;
    }

    private record Subject(UUID organisationId, String subject) {}
}
