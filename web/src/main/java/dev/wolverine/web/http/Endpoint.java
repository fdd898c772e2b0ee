package dev.wolverine.web.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Optional;

/**
 * One operation.
 *
 * @param path as in the router, `/api/v1/servers/:id`: also the tag of the metrics
 * @param machine whether its errors have the shape of the published client protocol rather than
 *     problem+json
 */
public record Endpoint(
        HttpMethod method,
        String path,
        Access access,
        boolean machine,
        Handler<RoutingContext> handler) {

    private static final String KEY = Endpoint.class.getName();

    public Endpoint(
            HttpMethod method, String path, Access access, Handler<RoutingContext> handler) {
        this(method, path, access, false, handler);
    }

    /** The same with the errors of the published client protocol. */
    public Endpoint forMachines() {
        return new Endpoint(method, path, access, true, handler);
    }

    /** The value of a `:name` in the path. */
    public static String parameter(RoutingContext context, String name) {
        return Objects.requireNonNull(context.pathParam(name), name);
    }

    void mark(RoutingContext context) {
        context.put(KEY, this);
    }

    /** The operation of a request that has reached one. */
    public static Optional<Endpoint> of(RoutingContext context) {
        return Optional.ofNullable(context.<Endpoint>get(KEY));
    }
}
