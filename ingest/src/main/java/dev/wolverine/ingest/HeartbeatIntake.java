package dev.wolverine.ingest;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatFlags;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.ingest.decode.HeartbeatDraft;
import dev.wolverine.ingest.decode.JsonHeartbeatDecoder;
import dev.wolverine.ingest.decode.ProtoHeartbeatDecoder;
import dev.wolverine.ingest.decode.UndecodableBeat;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits heartbeats: every transport ends here.
 *
 * <p>Never blocks; thread-safe. The stages that it returns complete normally, with storage trouble
 * as a value.
 */
public final class HeartbeatIntake {

    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";

    /** Clients whose redactor took their id for a secret send the name of its variable instead. */
    private static final String REDACTED = "process.env.";

    /** Below it (1973) a number of milliseconds is one of seconds, or nonsense. */
    private static final long EARLIEST_MILLIS = 100_000_000_000L;

    private final HeartbeatLog heartbeats;
    private final Admission admission;
    private final IngestConfig.Clock clock;
    private final Duration retention;
    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();
    private final Map<AppendResult, Counter> durable = new EnumMap<>(AppendResult.class);
    private final Map<IntakeResult.Cause, Counter> refused =
            new EnumMap<>(IntakeResult.Cause.class);
    private final Map<QuarantineReason, Counter> quarantined =
            new EnumMap<>(QuarantineReason.class);
    private final Counter received;
    private final Counter malformed;
    private final Counter forbidden;

    /**
     * @param retention beats that are older go to quarantine
     */
    public HeartbeatIntake(
            HeartbeatLog heartbeats,
            Admission admission,
            IngestConfig.Clock clock,
            Duration retention,
            MeterRegistry meters) {
        this.heartbeats = heartbeats;
        this.admission = admission;
        this.clock = clock;
        this.retention = retention;
        received = meters.counter("wolverine.intake.received");
        malformed = meters.counter("wolverine.intake.rejected", "reason", "malformed");
        forbidden = meters.counter("wolverine.intake.rejected", "reason", "forbidden");
        for (AppendResult result : AppendResult.values()) {
            durable.put(
                    result,
                    meters.counter(
                            "wolverine.intake.durable",
                            "result",
                            result.name().toLowerCase(java.util.Locale.ROOT)));
        }
        for (IntakeResult.Cause cause : IntakeResult.Cause.values()) {
            refused.put(cause, meters.counter("wolverine.intake.refused", "cause", cause.label()));
        }
        for (QuarantineReason reason : QuarantineReason.values()) {
            quarantined.put(
                    reason,
                    meters.counter("wolverine.intake.quarantined", "reason", reason.label()));
        }
    }

    /**
     * Takes one JSON body.
     *
     * @param instanceHeader `X-Instance-Id`, where it was sent
     * @param body the bytes, already unpacked, at most 4 MiB; not written to afterwards
     * @param receivedAt when the last byte arrived
     */
    public CompletionStage<IntakeResult> acceptJson(
            Principal principal, @Nullable String instanceHeader, byte[] body, Instant receivedAt) {
        received.increment();
        if (!principal.role().mayIngest()) {
            return forbid(principal);
        }
        Arrival arrival =
                new Arrival(principal, instanceHeader, micros(receivedAt), JSON, () -> body);
        try {
            return admit(arrival, json.decode(body));
        } catch (UndecodableBeat e) {
            return undecodable(arrival, e);
        }
    }

    /**
     * Takes one beat of `wolverine.v1`.
     *
     * @param instanceHeader the metadata `x-instance-id`, where it was sent
     */
    public CompletionStage<IntakeResult> acceptProto(
            Principal principal,
            @Nullable String instanceHeader,
            dev.wolverine.proto.v1.Heartbeat message,
            Instant receivedAt) {
        received.increment();
        if (!principal.role().mayIngest()) {
            return forbid(principal);
        }
        Arrival arrival =
                new Arrival(
                        principal,
                        instanceHeader,
                        micros(receivedAt),
                        PROTOBUF,
                        message::toByteArray);
        try {
            return admit(arrival, proto.decode(message));
        } catch (UndecodableBeat e) {
            return undecodable(arrival, e);
        }
    }

    private CompletionStage<IntakeResult> undecodable(Arrival arrival, UndecodableBeat failure) {
        if (failure.reason() == null) {
            malformed.increment();
            return CompletableFuture.completedStage(new IntakeResult.Malformed(message(failure)));
        }
        return quarantine(
                arrival, namedInstance(arrival, null), failure.reason(), message(failure));
    }

    private CompletionStage<IntakeResult> admit(Arrival arrival, HeartbeatDraft draft) {
        String named = namedInstance(arrival, draft.instanceId());
        if (named == null) {
            return quarantine(
                    arrival,
                    null,
                    QuarantineReason.MISSING_INSTANCE_ID,
                    "no instance is named (expected: a key of one instance, the header X-Instance-Id, or instanceId)");
        }
        if (!isInstanceId(named)) {
            return quarantine(
                    arrival,
                    null,
                    QuarantineReason.INVALID_INSTANCE_ID,
                    "instanceId: "
                            + named.length()
                            + " characters (expected: 1 to "
                            + HeartbeatDraft.MAX_INSTANCE_ID
                            + ", printable ASCII without spaces)");
        }
        Long millis = draft.timestampMillis();
        if (millis == null) {
            return draft.isTimestampOdd()
                    ? quarantine(
                            arrival,
                            named,
                            QuarantineReason.INVALID_TIMESTAMP,
                            "timestamp is no number (expected: milliseconds since 1970)")
                    : quarantine(
                            arrival,
                            named,
                            QuarantineReason.MISSING_TIMESTAMP,
                            "timestamp is missing (expected: milliseconds since 1970)");
        }
        if (millis < EARLIEST_MILLIS) {
            return quarantine(
                    arrival,
                    named,
                    QuarantineReason.INVALID_TIMESTAMP,
                    "timestamp: " + millis + " (expected: milliseconds since 1970)");
        }
        long ahead = millis - arrival.receivedAt.toEpochMilli();
        if (ahead > clock.maxAhead().toMillis()) {
            return quarantine(
                    arrival,
                    named,
                    QuarantineReason.FUTURE_TIMESTAMP,
                    "timestamp: "
                            + millis
                            + " (expected: at most "
                            + clock.maxAhead()
                            + " ahead of the server's clock)");
        }
        if (-ahead > retention.toMillis()) {
            return quarantine(
                    arrival,
                    named,
                    QuarantineReason.TOO_OLD,
                    "timestamp: " + millis + " (expected: at most " + retention + " ago)");
        }
        Identity identity = new Identity(arrival.principal.organisationId(), named);
        Instant timestamp = Instant.ofEpochMilli(millis);
        Optional<IntakeResult.Refused> refusal =
                arrival.contentType.equals(JSON)
                        ? admission.refusalOverHttp(
                                identity, timestamp, arrival.instanceHeader != null)
                        : admission.refusal(identity);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        int flags =
                (ahead > clock.aheadFlagged().toMillis() ? HeartbeatFlags.CLOCK_AHEAD : 0)
                        | (differs(named, draft.instanceId())
                                ? HeartbeatFlags.IDENTITY_DIFFERS
                                : 0);
        Heartbeat heartbeat = draft.build(identity, timestamp, arrival.receivedAt, flags);
        return append(heartbeat, null);
    }

    /**
     * The instance that the key, the header or the body names, in this order; null if none does.
     */
    private static @Nullable String namedInstance(Arrival arrival, @Nullable String inBody) {
        if (arrival.principal.instanceId() != null) {
            return arrival.principal.instanceId();
        }
        if (arrival.instanceHeader != null && !arrival.instanceHeader.isEmpty()) {
            return arrival.instanceHeader;
        }
        return inBody == null || inBody.isEmpty() || inBody.startsWith(REDACTED) ? null : inBody;
    }

    private static boolean differs(String named, @Nullable String inBody) {
        return inBody != null && !inBody.equals(named);
    }

    private static boolean isInstanceId(String id) {
        return !id.isEmpty()
                && id.length() <= HeartbeatDraft.MAX_INSTANCE_ID
                && id.chars().allMatch(character -> character > ' ' && character < 0x7F);
    }

    private CompletionStage<IntakeResult> quarantine(
            Arrival arrival, @Nullable String instanceId, QuarantineReason reason, String detail) {
        String id = instanceId != null && isInstanceId(instanceId) ? instanceId : "";
        Identity identity = new Identity(arrival.principal.organisationId(), id);
        Optional<IntakeResult.Refused> refusal = admission.refusal(identity);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        QuarantinedBeat beat =
                new QuarantinedBeat(
                        identity,
                        arrival.receivedAt,
                        reason,
                        detail,
                        arrival.contentType,
                        arrival.body.get());
        return append(beat, reason);
    }

    private CompletionStage<IntakeResult> append(
            LogEntry entry, @Nullable QuarantineReason reason) {
        return heartbeats
                .append(entry)
                .thenApply(outcome -> {
                    if (addedNothing(outcome)) {
                        admission.refund(entry.identity());
                    }
                    return result(outcome, reason);
                });
    }

    private static boolean addedNothing(HeartbeatLog.Outcome outcome) {
        return switch (outcome) {
            case HeartbeatLog.Outcome.Refused _ -> true;
            case HeartbeatLog.Outcome.Durable(AppendResult result) ->
                    result == AppendResult.DUPLICATE;
        };
    }

    private CompletionStage<IntakeResult> refuse(IntakeResult.Refused refusal) {
        count(refused, refusal.cause());
        return CompletableFuture.completedStage(refusal);
    }

    private CompletionStage<IntakeResult> forbid(Principal principal) {
        forbidden.increment();
        return CompletableFuture.completedStage(IntakeResult.Forbidden.to(principal.role()));
    }

    private IntakeResult result(HeartbeatLog.Outcome outcome, @Nullable QuarantineReason reason) {
        return switch (outcome) {
            case HeartbeatLog.Outcome.Refused(IntakeResult.Cause cause, Duration retryAfter) -> {
                count(refused, cause);
                yield new IntakeResult.Refused(cause, retryAfter);
            }
            case HeartbeatLog.Outcome.Durable(AppendResult result) -> {
                count(durable, result);
                if (result == AppendResult.QUARANTINE_FULL) {
                    count(quarantined, QuarantineReason.QUARANTINE_FULL);
                    yield new IntakeResult.Quarantined(QuarantineReason.QUARANTINE_FULL);
                }
                if (result == AppendResult.QUARANTINED) {
                    QuarantineReason why = reason == null ? QuarantineReason.UNSTORABLE : reason;
                    count(quarantined, why);
                    yield new IntakeResult.Quarantined(why);
                }
                yield new IntakeResult.Stored(result == AppendResult.DUPLICATE);
            }
        };
    }

    private static <K> void count(Map<K, Counter> counters, K key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            counter.increment();
        }
    }

    private static String message(UndecodableBeat cause) {
        return cause.getMessage() == null ? "undecodable" : cause.getMessage();
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** How a beat came. */
    private record Arrival(
            Principal principal,
            @Nullable String instanceHeader,
            Instant receivedAt,
            String contentType,
            Supplier<byte[]> body) {}
}
