package dev.wolverine.web.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Listens, and leads each request through limits, headers, metrics and credentials to its
 * operation.
 *
 * <p>One server a core on the same port, each on an event loop of its own. Thread-safe; {@link
 * #listen()} and {@link #close()} once each.
 */
public final class HttpListener {

    private final Vertx vertx;
    private final HttpSettings settings;
    private final List<Lane> lanes;
    private final Router router;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * @param endpoints tried in their order
     * @param lanes in front of them
     */
    public HttpListener(
            Vertx vertx,
            HttpSettings settings,
            Authenticator authenticator,
            List<Endpoint> endpoints,
            List<Lane> lanes,
            HttpMetrics metrics,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.lanes = List.copyOf(lanes);
        this.settings = settings;
        this.router = router(vertx, authenticator, endpoints, metrics);
        Gauge.builder("wolverine.http.connections", connections, AtomicInteger::get)
                .description("Open connections.")
                .register(registry);
    }

    /** Completes with the port that was bound; fails where it cannot be. */
    public Future<Integer> listen() {
        AtomicInteger bound = new AtomicInteger();
        return vertx.deployVerticle(
                        () -> new ServerVerticle(bound),
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors()))
                .map(deployed -> bound.get());
    }

    /** Stops taking connections, and ends those that are open after at most two seconds. */
    public Future<Void> close() {
        List<Future<Void>> closing = new ArrayList<>();
        for (HttpServer server : servers) {
            closing.add(server.shutdown(2, TimeUnit.SECONDS));
        }
        return Future.join(closing).mapEmpty();
    }

    /** A verticle each, because that is what gives a server an event loop of its own. */
    private final class ServerVerticle extends VerticleBase {

        private final AtomicInteger bound;

        ServerVerticle(AtomicInteger bound) {
            this.bound = bound;
        }

        @Override
        public Future<?> start() {
            HttpServer server =
                    vertx.createHttpServer(options())
                            .requestHandler(HttpListener.this::handle)
                            .invalidRequestHandler(HttpListener::refuseBroken)
                            .connectionHandler(HttpListener.this::connected);
            servers.add(server);
            // Vert.x's word for one free port that all instances share is a negative one.
            int port = settings.port() == 0 ? -1 : settings.port();
            return server.listen(port, settings.host())
                    .onSuccess(listening -> bound.set(listening.actualPort()));
        }
    }

    private HttpServerOptions options() {
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost(settings.host())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setIdleTimeout(Math.toIntExact(settings.idleTimeout().toMillis()))
                        .setMaxHeaderSize(HttpSettings.MAX_HEADER_BYTES)
                        .setMaxInitialLineLength(HttpSettings.MAX_INITIAL_LINE_BYTES)
                        .setHttp2ClearTextEnabled(false)
                        .setUseAlpn(false)
                        .setHandle100ContinueAutomatically(true)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setMaxWebSocketFrameSize(HttpSettings.MAX_FRAME_BYTES)
                        .setMaxWebSocketMessageSize(HttpSettings.MAX_FRAME_BYTES);
        settings.identity()
                .ifPresent(identity ->
                        options.setSsl(true)
                                .setKeyCertOptions(KeyCertOptions.wrap(identity))
                                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2")));
        return options;
    }

    private void connected(HttpConnection connection) {
        if (!mayConnect(connection)) {
            var unused = connection.close();
            return;
        }
        if (connections.incrementAndGet() > settings.maxConnections()) {
            connections.decrementAndGet();
            var unused = connection.close();
            return;
        }
        connection.closeHandler(closed -> connections.decrementAndGet());
        RequestDeadline.watch(
                connection, settings.requestDeadline(), settings.idleTimeout(), lanes);
    }

    /** Behind proxies that end TLS, nobody else speaks to us in the clear. */
    private boolean mayConnect(HttpConnection connection) {
        return settings.identity().isPresent()
                || settings.proxies()
                        .mayPass(String.valueOf(connection.remoteAddress().hostAddress()));
    }

    private void handle(HttpServerRequest request) {
        SecurityHeaders.apply(request.response().headers());
        request.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (settings.isSecure()) {
            SecurityHeaders.applyStrictTransport(request.response().headers());
        }
        RequestDeadline.headerArrived(request);
        router.handle(request);
    }

    private static void refuseBroken(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String name = cause == null ? "" : cause.getClass().getSimpleName();
        Problem problem =
                switch (name) {
                    case "TooLongHttpLineException" ->
                            Problem.of(
                                    414,
                                    "request line: too long (expected: at most "
                                            + HttpSettings.MAX_INITIAL_LINE_BYTES
                                            + " bytes)");
                    case "TooLongHttpHeaderException" ->
                            Problem.of(
                                    431,
                                    "header: too large (expected: at most "
                                            + HttpSettings.MAX_HEADER_BYTES
                                            + " bytes)");
                    default -> Problem.badRequest("not a valid HTTP request");
                };
        request.response().putHeader(HttpHeaders.CONNECTION, "close");
        Failures.write(request.response(), problem, false);
        var unused = request.connection().close();
    }

    private Router router(
            Vertx vertx,
            Authenticator authenticator,
            List<Endpoint> endpoints,
            HttpMetrics metrics) {
        Router router = Router.router(vertx);
        router.route().handler(metrics).failureHandler(HttpListener::failed);
        AccessHandler access = new AccessHandler(authenticator);
        for (Endpoint endpoint : endpoints) {
            route(router, endpoint)
                    .handler(context -> {
                        endpoint.mark(context);
                        settings.proxies().mark(context);
                        holdBody(context, endpoint);
                        context.next();
                    })
                    .handler(access)
                    .handler(endpoint.handler());
        }
        router.errorHandler(404, context -> missing(context, 404, "no such path"));
        router.errorHandler(405, context -> missing(context, 405, "no such method on this path"));
        router.errorHandler(400, context -> missing(context, 400, "not a valid path"));
        return router;
    }

    /**
     * What comes after the header waits until the caller is known and somebody reads it; what
     * nobody has read by the end of the answer is thrown away.
     */
    private static void holdBody(RoutingContext context, Endpoint endpoint) {
        HttpServerRequest request = context.request();
        boolean hasBody = !endpoint.method().equals(HttpMethod.GET);
        if (hasBody || endpoint.access() == Access.READ_OR_LATER) {
            request.pause();
            context.addEndHandler(end -> request.resume());
        }
    }

    private static Route route(Router router, Endpoint endpoint) {
        Route route =
                endpoint.path().startsWith("^")
                        ? router.routeWithRegex(endpoint.path())
                        : router.route(endpoint.path());
        route.method(endpoint.method());
        return endpoint.method().equals(HttpMethod.GET) ? route.method(HttpMethod.HEAD) : route;
    }

    private static void failed(RoutingContext context) {
        Throwable failure = context.failure();
        Failures.answer(
                context,
                failure != null
                        ? failure
                        : Problem.of(context.statusCode(), "the request could not be understood"));
    }

    private static void missing(RoutingContext context, int status, String detail) {
        Failures.answer(context, Problem.of(status, detail));
    }
}
