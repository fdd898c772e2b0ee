package dev.wolverine.web.api;

import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.lane.HeartbeatAnswer;
import dev.wolverine.web.lane.HeartbeatLanes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Takes heartbeats over HTTP, as the published client sends them.
 *
 * <p>Runs on the event loop; gzip is unpacked elsewhere. The answer goes out when the intake has an
 * outcome, and nothing is waited for after it.
 */
public final class HeartbeatHandler {

    /** Of a body as it travels. */
    public static final int MAX_WIRE_BYTES = 1024 * 1024;

    private static final int MAX_UNPACKED_BYTES = 4 * 1024 * 1024;
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private static final String INSTANCE_HEADER = "X-Instance-Id";

    private final HeartbeatLanes.Intake intake;
    private final BlockingCalls blocking;
    private final Clock clock;

    public HeartbeatHandler(HeartbeatLanes.Intake intake, BlockingCalls blocking, Clock clock) {
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
        HeartbeatAnswer answer = HeartbeatAnswer.to(result, clock.instant());
        HttpServerResponse response = context.response().setStatusCode(answer.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (answer.retryAfter() != null) {
            response.putHeader(HttpHeaders.RETRY_AFTER, answer.retryAfter());
        }
        var unused = response.end(Buffer.buffer(answer.body()));
    }
}
