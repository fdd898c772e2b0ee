package dev.wolverine.web.api;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Failures;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes heartbeats over HTTP, as the published client sends them.
 *
 * <p>Runs on the event loop; gzip is unpacked elsewhere. The answer goes out when the intake has an
 * outcome, and nothing is waited for after it.
 */
public final class HeartbeatHandler {

    private static final int MAX_WIRE_BYTES = 1024 * 1024;
    private static final int MAX_UNPACKED_BYTES = 4 * 1024 * 1024;
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    /** As text: nine of ten answers are this and the time. */
    private static final String RECEIVED = "{\"received\":true,\"serverTime\":";

    private static final String INSTANCE_HEADER = "X-Instance-Id";

    private final Intake intake;
    private final BlockingCalls blocking;
    private final Clock clock;

    public HeartbeatHandler(Intake intake, BlockingCalls blocking, Clock clock) {
        this.intake = intake;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(at("/api/v1/heartbeat"), at(EnrolmentUrl.PATH + "/api/v1/heartbeat"));
    }

    private Endpoint at(String path) {
        return new Endpoint(HttpMethod.POST, path, Access.KEY, this::accept).forMachines();
    }

    private void accept(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.read(context.request(), MAX_WIRE_BYTES),
                body -> {
                    Instant receivedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
                    Answers.whenDone(
                            context,
                            unpacked(context, body),
                            bytes -> intake(context, bytes, receivedAt));
                });
    }

    private void intake(RoutingContext context, byte[] body, Instant receivedAt) {
        Answers.whenDone(
                context,
                intake.acceptJson(
                        Caller.of(context).principal(),
                        context.request().getHeader(INSTANCE_HEADER),
                        body,
                        receivedAt),
                result -> answer(context, result));
    }

    private Future<byte[]> unpacked(RoutingContext context, Buffer body) {
        String encoding = context.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
            case "identity" -> Future.succeededFuture(body.getBytes());
            case "gzip", "x-gzip" ->
                    Future.fromCompletionStage(
                            blocking.call(
                                    () -> GzipBody.unpack(body.getBytes(), MAX_UNPACKED_BYTES)),
                            context.vertx().getOrCreateContext());
            default ->
                    Future.failedFuture(
                            Problem.of(
                                    415,
                                    "Content-Encoding: another (expected: gzip, identity or none)"));
        };
    }

    private void answer(RoutingContext context, IntakeResult result) {
        switch (result) {
            case IntakeResult.Stored stored -> received(context, stored.duplicate());
            case IntakeResult.Quarantined quarantined ->
                    quarantined(context, quarantined.reason().label());
            case IntakeResult.Malformed malformed -> refuse(context, 400, malformed.message());
            case IntakeResult.Forbidden forbidden -> refuse(context, 403, forbidden.message());
            case IntakeResult.Refused refused -> refuseForNow(context, refused);
        }
    }

    private void received(RoutingContext context, boolean duplicate) {
        String end = duplicate ? ",\"duplicate\":true}" : "}";
        var unused =
                context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                        .end(RECEIVED + clock.millis() + end);
    }

    private static void quarantined(RoutingContext context, String reason) {
        Answers.json(
                context,
                202,
                json -> {
                    json.writeStartObject();
                    json.writeBooleanField("received", true);
                    json.writeBooleanField("accepted", false);
                    json.writeStringField("reason", reason);
                    json.writeEndObject();
                });
    }

    private static void refuseForNow(RoutingContext context, IntakeResult.Refused refused) {
        context.response()
                .putHeader(HttpHeaders.RETRY_AFTER, Failures.seconds(refused.retryAfter()));
        switch (refused.cause()) {
            case RATE_LIMITED -> refuse(context, 429, "too many heartbeats of this instance");
            case OVERLOADED -> refuse(context, 503, "too much work at once");
            case STORAGE_UNAVAILABLE -> refuse(context, 503, "the storage does not answer");
        }
    }

    private static void refuse(RoutingContext context, int status, String error) {
        Answers.json(
                context,
                status,
                json -> {
                    json.writeStartObject();
                    json.writeBooleanField("received", false);
                    json.writeStringField("error", error);
                    json.writeEndObject();
                });
    }

    /** As {@code HeartbeatIntake.acceptJson}. */
    @FunctionalInterface
    public interface Intake {
        CompletionStage<IntakeResult> acceptJson(
                Principal principal,
                @Nullable String instanceHeader,
                byte[] body,
                Instant receivedAt);
    }
}
