package dev.wolverine.web.lane;

import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.web.http.Failures;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat over HTTP is answered, in the shapes of the published client protocol.
 *
 * @param body JSON
 * @param retryAfter whole seconds, as `Retry-After` takes them; null: it is not sent
 */
public record HeartbeatAnswer(int status, byte[] body, @Nullable String retryAfter) {

    /** What nine of ten answers begin with; the time and a brace follow. */
    private static final String RECEIVED = "{\"received\":true,\"serverTime\":";

    /** The answer to what the intake has said. */
    public static HeartbeatAnswer to(IntakeResult result, Instant now) {
        return switch (result) {
            case IntakeResult.Stored stored -> received(stored.duplicate(), now);
            case IntakeResult.Quarantined quarantined -> aside(quarantined.reason().label());
            case IntakeResult.Malformed malformed -> refusal(400, malformed.message(), null);
            case IntakeResult.Forbidden forbidden -> refusal(403, forbidden.message(), null);
            case IntakeResult.Refused refused ->
                    switch (refused.cause()) {
                        case RATE_LIMITED ->
                                later(429, "too many heartbeats of this instance", refused);
                        case OVERLOADED -> later(503, "too much work at once", refused);
                        case STORAGE_UNAVAILABLE ->
                                later(503, "the storage does not answer", refused);
                    };
        };
    }

    /** The answer where the intake failed. */
    static HeartbeatAnswer to(Problem problem) {
        String retryAfter =
                problem.retryAfter() == null ? null : Failures.seconds(problem.retryAfter());
        return refusal(problem.status(), problem.detail(), retryAfter);
    }

    private static HeartbeatAnswer received(boolean duplicate, Instant now) {
        String text = RECEIVED + now.toEpochMilli() + (duplicate ? ",\"duplicate\":true}" : "}");
        return new HeartbeatAnswer(200, text.getBytes(StandardCharsets.US_ASCII), null);
    }

    private static HeartbeatAnswer aside(String reason) {
        return new HeartbeatAnswer(
                202,
                Json.bytes(json -> {
                    json.writeStartObject();
                    json.writeBooleanField("received", true);
                    json.writeBooleanField("accepted", false);
                    json.writeStringField("reason", reason);
                    json.writeEndObject();
                }),
                null);
    }

    private static HeartbeatAnswer later(int status, String error, IntakeResult.Refused refused) {
        return refusal(status, error, Failures.seconds(refused.retryAfter()));
    }

    private static HeartbeatAnswer refusal(int status, String error, @Nullable String retryAfter) {
        return new HeartbeatAnswer(status, Failures.refusal(error), retryAfter);
    }
}
