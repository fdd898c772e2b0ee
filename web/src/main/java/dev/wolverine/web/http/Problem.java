package dev.wolverine.web.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not the one asked for: thrown, or failed with, by what handles a request and
 * written by {@link Failures} alone.
 *
 * <p>The detail is shown to the caller: it holds no secret and nothing of our inside.
 */
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable Duration retryAfter;

    private Problem(int status, String detail, @Nullable Duration retryAfter) {
        super(detail, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    public static Problem badRequest(String detail) {
        return new Problem(400, detail, null);
    }

    public static Problem unauthorized(String detail) {
        return new Problem(401, detail, null);
    }

    public static Problem forbidden(String detail) {
        return new Problem(403, detail, null);
    }

    public static Problem notFound(String detail) {
        return new Problem(404, detail, null);
    }

    public static Problem tooManyTries(Duration retryAfter) {
        return new Problem(429, "too many tries: wait before the next one", retryAfter);
    }

    public static Problem unavailable(String detail) {
        return new Problem(503, detail, Duration.ofSeconds(5));
    }

    public static Problem unavailable(String detail, Duration retryAfter) {
        return new Problem(503, detail, retryAfter);
    }

    /** Any other status. */
    public static Problem of(int status, String detail) {
        return new Problem(status, detail, null);
    }

    public int status() {
        return status;
    }

    public String title() {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    public String detail() {
        String message = getMessage();
        return message == null ? title() : message;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
