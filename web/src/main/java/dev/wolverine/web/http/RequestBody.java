package dev.wolverine.web.http;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.web.json.Json;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads bodies, with a limit that holds before the bytes are kept. */
public final class RequestBody {

    /** For everything but heartbeats. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(Json.FACTORY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private RequestBody() {}

    /** All bytes; fails with 413 as soon as there are, or are announced, more than the limit. */
    public static Future<Buffer> read(HttpServerRequest request, int maxBytes) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && isMoreThan(length, maxBytes)) {
            return Future.failedFuture(tooLarge(maxBytes));
        }
        Promise<Buffer> promise = Promise.promise();
        Parts body = new Parts();
        request.handler(part -> {
            if (body.length() + part.length() <= maxBytes) {
                body.add(part);
            } else if (promise.tryFail(tooLarge(maxBytes))) {
                request.handler(rest -> {});
            }
        });
        request.exceptionHandler(promise::tryFail);
        request.endHandler(end -> promise.tryComplete(body.all()));
        request.resume();
        return promise.future();
    }

    /**
     * A JSON object as a record; fails with 415, 413 or 400.
     *
     * @param type record whose components are all nullable: what is required is the handler's to
     *     say
     */
    public static <T> Future<T> json(HttpServerRequest request, Class<T> type) {
        if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Future.failedFuture(
                    Problem.of(
                            415, "Content-Type: missing or another (expected: application/json)"));
        }
        ObjectReader reader = MAPPER.readerFor(type);
        return read(request, MAX_BYTES).map(body -> parse(reader, body));
    }

    /** The same where the body may be left out; then empty. */
    public static <T> Future<Optional<T>> optionalJson(HttpServerRequest request, Class<T> type) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean none =
                length == null
                        ? request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null
                        : length.equals("0");
        return none
                ? Future.succeededFuture(Optional.empty())
                : json(request, type).map(Optional::of);
    }

    private static <T> T parse(ObjectReader reader, Buffer body) {
        try {
            T value = reader.readValue(body.getBytes());
            if (value == null) {
                throw Problem.badRequest("body: null (expected: a JSON object)");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw Problem.badRequest(
                    e.getPropertyName() + ": unknown (expected: " + known(e) + ")");
        } catch (JsonParseException e) {
            throw Problem.badRequest("body: not JSON (expected: a JSON object)");
        } catch (JsonMappingException e) {
            throw Problem.badRequest(field(e) + ": of the wrong type");
        } catch (JsonProcessingException e) {
            throw Problem.badRequest("body: beyond the limits of depth, length or count");
        } catch (IOException e) {
            throw Problem.badRequest("body: not readable (expected: a JSON object)");
        }
    }

    private static String known(UnrecognizedPropertyException failure) {
        var known = failure.getKnownPropertyIds();
        return known == null
                ? "no such field"
                : String.join(", ", known.stream().map(String::valueOf).sorted().toList());
    }

    private static String field(JsonMappingException failure) {
        return failure.getPath().isEmpty()
                ? "body"
                : String.valueOf(failure.getPath().getFirst().getFieldName());
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/json;");
    }

    private static boolean isMoreThan(String length, int maxBytes) {
        try {
            return Long.parseLong(length) > maxBytes;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static Problem tooLarge(int maxBytes) {
        return Problem.of(413, "body: too large (expected: at most " + maxBytes + " bytes)");
    }

    /** What has come of a body: most come in one part, which is not copied. */
    private static final class Parts {
        private @Nullable Buffer all;

        int length() {
            return all == null ? 0 : all.length();
        }

        void add(Buffer part) {
            all = all == null ? part : all.appendBuffer(part);
        }

        Buffer all() {
            return all == null ? Buffer.buffer() : all;
        }
    }
}
