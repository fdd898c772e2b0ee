package dev.wolverine.web.http;

import dev.wolverine.web.json.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** How handlers answer. */
public final class Answers {

    private static final String JSON = "application/json";

    private Answers() {}

    /** A JSON body. */
    public static void json(RoutingContext context, int status, Json.Content content) {
        Buffer body = Buffer.buffer(Json.bytes(content));
        var unused =
                context.response()
                        .setStatusCode(status)
                        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                        .end(body);
    }

    /** The same for what a caller may have already: then 304 and no body. */
    public static void tagged(RoutingContext context, Json.Content content) {
        tagged(context, JSON, Json.bytes(content));
    }

    /** A body as it is, for what a caller may have already. */
    public static void tagged(RoutingContext context, String contentType, byte[] body) {
        String etag = "\"" + hash(body) + "\"";
        context.response()
                .putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        String known = context.request().getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known != null && (known.contains(etag) || known.strip().equals("*"))) {
            var unused = context.response().setStatusCode(304).end();
            return;
        }
        bytes(context, contentType, body);
    }

    private static String hash(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A body as it is. */
    public static void bytes(RoutingContext context, String contentType, byte[] body) {
        var unused =
                context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                        .end(Buffer.buffer(body));
    }

    /** 204. */
    public static void nothing(RoutingContext context) {
        var unused = context.response().setStatusCode(204).end();
    }

    /**
     * Goes on with the value on the request's own thread; a failure, of the stage or of what goes
     * on, fails the request.
     */
    public static <T> void whenDone(
            RoutingContext context, CompletionStage<T> stage, Consumer<T> next) {
        whenDone(
                context,
                Future.fromCompletionStage(stage, context.vertx().getOrCreateContext()),
                next);
    }

    /** The same for what completes on the request's own thread already. */
    public static <T> void whenDone(RoutingContext context, Future<T> future, Consumer<T> next) {
        var unused =
                future.onComplete(
                        value -> {
                            try {
                                next.accept(value);
                            } catch (RuntimeException failure) {
                                context.fail(failure);
                            }
                        },
                        context::fail);
    }
}
