package dev.wolverine.web.http;

import dev.wolverine.db.StorageException;
import dev.wolverine.web.json.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every failure of a request into its answer, in one place: what is foreseen into its
 * problem, storage trouble into 503, and anything else, which is a bug, into a 500 that says
 * nothing of our inside.
 */
public final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final RepeatedWarning AWAY =
            new RepeatedWarning(log, Duration.ofSeconds(10), System::nanoTime);
    private static final String PROBLEM_JSON = "application/problem+json";

    private Failures() {}

    /** Answers a failed request, unless the answer has begun: then only cutting it is honest. */
    public static void answer(RoutingContext context, Throwable failure) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Problem problem = problem(context.request().method() + " " + route(context), failure);
        if (response.headWritten()) {
            var unused = context.request().connection().close();
            return;
        }
        write(response, problem, Endpoint.of(context).map(Endpoint::machine).orElse(false));
    }

    /** Writes a problem where there is no route: broken requests. */
    static void write(HttpServerResponse response, Problem problem, boolean machine) {
        SecurityHeaders.apply(response.headers());
        response.setStatusCode(problem.status());
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.putHeader(HttpHeaders.CONTENT_TYPE, machine ? "application/json" : PROBLEM_JSON);
        if (problem.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        Duration retryAfter = problem.retryAfter();
        if (retryAfter != null) {
            response.putHeader(HttpHeaders.RETRY_AFTER, seconds(retryAfter));
        }
        byte[] body = machine ? refusal(problem.detail()) : body(problem);
        var unused = response.end(Buffer.buffer(body));
    }

    /** Whole seconds, rounded up, at least one: what `Retry-After` takes. */
    public static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
    }

    /**
     * What a failure is answered with.
     *
     * @param operation for the log, where the failure is our own
     */
    public static Problem problem(String operation, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case Problem problem -> problem;
            case StorageException.Unavailable unavailable -> {
                AWAY.warn(
                        operation + ": storage unavailable",
                        String.valueOf(unavailable.getMessage()));
                yield Problem.unavailable("the storage does not answer; try again");
            }
            case StorageException.RejectedData rejected ->
                    Problem.badRequest("a value cannot be stored or looked up");
            case HttpException http
                    when http.getStatusCode() >= 400 && http.getStatusCode() < 500 ->
                    Problem.of(http.getStatusCode(), "the request could not be understood");
            default -> {
                log.error("{}: failed", operation, cause);
                yield Problem.of(500, "something went wrong here; it is in the log");
            }
        };
    }

    private static String route(RoutingContext context) {
        return Endpoint.of(context).map(Endpoint::path).orElse("(no route)");
    }

    private static byte[] body(Problem problem) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", problem.title());
            json.writeNumberField("status", problem.status());
            json.writeStringField("detail", problem.detail());
            json.writeEndObject();
        });
    }

    /** The body of an error in the shape of the published client protocol. */
    public static byte[] refusal(String error) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeBooleanField("received", false);
            json.writeStringField("error", error);
            json.writeEndObject();
        });
    }
}
