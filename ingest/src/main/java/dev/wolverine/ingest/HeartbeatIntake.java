package dev.wolverine.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.DecodedBeat;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.ingest.decode.UndecodableBeat;
import dev.wolverine.proto.v1.Heartbeat;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits heartbeats: every transport ends here.
 *
 * <p>Never blocks; thread-safe. The stages that it returns complete normally, with storage trouble
 * as a value.
 */
public final class HeartbeatIntake {

    private static final Logger log = LoggerFactory.getLogger(HeartbeatIntake.class);

    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";

    private final HeartbeatLog heartbeats;
    private final Admission admission;
    private final InstanceNames names;
    private final HeartbeatRules rules;
    private final BeatReader reader;
    private final Map<AppendResult, Counter> durable = new EnumMap<>(AppendResult.class);
    private final Map<IntakeResult.Cause, Counter> refused =
            new EnumMap<>(IntakeResult.Cause.class);
    private final Map<QuarantineReason, Counter> quarantined =
            new EnumMap<>(QuarantineReason.class);
    private final Counter received;
    private final Counter malformed;
    private final Counter forbidden;

    /**
     * @param names finds the instances of beats whose id was redacted
     * @param reader keeps what it learns of bodies
     * @param retention beats that are older go to quarantine
     */
    public HeartbeatIntake(
            HeartbeatLog heartbeats,
            Admission admission,
            InstanceNames names,
            BeatReader reader,
            IngestConfig.Clock clock,
            Duration retention,
            MeterRegistry meters) {
        this.reader = reader;
        this.heartbeats = heartbeats;
        this.admission = admission;
        this.names = names;
        rules = new HeartbeatRules(clock, retention);
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
        Optional<IntakeResult.Refused> refusal = admission.refusal();
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        Arrival arrival =
                new Arrival(principal, instanceHeader, micros(receivedAt), JSON, () -> body);
        try {
            return admit(
                    arrival, reader.json(principal.organisationId(), arrival.instance(), body));
        } catch (UndecodableBeat e) {
            return undecodable(arrival, e);
        }
    }

    /**
     * Reads one beat of a message of `wolverine.v1`, for {@link #acceptProto}: a message is refused
     * as a whole, before any beat of it is taken.
     *
     * @param instanceHeader the metadata `x-instance-id`, where it was sent
     * @throws InvalidProtocolBufferException if the bytes are none
     */
    public ProtoBeat readProto(Principal principal, @Nullable String instanceHeader, BodySlice body)
            throws InvalidProtocolBufferException {
        return reader.proto(principal.organisationId(), instance(principal, instanceHeader), body);
    }

    /** The same of a beat that was parsed already. */
    public ProtoBeat readProto(Heartbeat message) {
        return reader.proto(message);
    }

    /**
     * Takes one beat of `wolverine.v1`.
     *
     * @param instanceHeader the metadata `x-instance-id`, where it was sent
     */
    public CompletionStage<IntakeResult> acceptProto(
            Principal principal,
            @Nullable String instanceHeader,
            ProtoBeat beat,
            Instant receivedAt) {
        received.increment();
        if (!principal.role().mayIngest()) {
            return forbid(principal);
        }
        Optional<IntakeResult.Refused> refusal = admission.refusal();
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        Arrival arrival =
                new Arrival(principal, instanceHeader, micros(receivedAt), PROTOBUF, beat::body);
        try {
            return admit(arrival, beat.decode());
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
                arrival,
                new Judgement.Unacceptable(arrival.instance(), failure.reason(), message(failure)));
    }

    private CompletionStage<IntakeResult> admit(Arrival arrival, DecodedBeat beat) {
        UUID organisation = arrival.principal.organisationId();
        String named = arrival.instance();
        Judgement judgement =
                named == null
                        ? rules.judge(beat, organisation, arrival.receivedAt)
                        : rules.judgeOf(named, beat, organisation, arrival.receivedAt);
        return switch (judgement) {
            case Judgement.Settled settled -> conclude(arrival, beat, settled);
            case Judgement.Redacted _ -> admitRedacted(arrival, beat);
        };
    }

    /** Whose it is may have to be looked up: until then it counts for the organisation alone. */
    private CompletionStage<IntakeResult> admitRedacted(Arrival arrival, DecodedBeat beat) {
        Identity nobody = new Identity(arrival.principal.organisationId(), "");
        Optional<IntakeResult.Refused> refusal = admission.refusal(nobody);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        return names.find(nobody.organisationId(), beat)
                .handle((match, failure) -> {
                    admission.refund(nobody);
                    if (failure != null) {
                        log.debug("an instance was not looked up by its name", failure);
                        return refuse(admission.later(IntakeResult.Cause.STORAGE_UNAVAILABLE));
                    }
                    return conclude(
                            arrival,
                            beat,
                            rules.judgeRedacted(
                                    match, beat, nobody.organisationId(), arrival.receivedAt));
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<IntakeResult> conclude(
            Arrival arrival, DecodedBeat beat, Judgement.Settled judgement) {
        return switch (judgement) {
            case Judgement.Unacceptable unacceptable -> quarantine(arrival, unacceptable);
            case Judgement.Acceptable(var identity, var timestamp, var flags) -> {
                Optional<IntakeResult.Refused> refusal =
                        arrival.contentType.equals(JSON)
                                ? admission.refusalOverHttp(
                                        identity, timestamp, arrival.instanceHeader != null)
                                : admission.refusal(identity);
                yield refusal.isPresent()
                        ? refuse(refusal.get())
                        : append(beat.build(identity, timestamp, arrival.receivedAt, flags), null);
            }
        };
    }

    private CompletionStage<IntakeResult> quarantine(
            Arrival arrival, Judgement.Unacceptable judgement) {
        String named = judgement.instanceId();
        String id = named != null && HeartbeatRules.isInstanceId(named) ? named : "";
        Identity identity = new Identity(arrival.principal.organisationId(), id);
        Optional<IntakeResult.Refused> refusal = admission.refusal(identity);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        QuarantinedBeat beat =
                new QuarantinedBeat(
                        identity,
                        arrival.receivedAt,
                        judgement.reason(),
                        judgement.detail(),
                        arrival.contentType,
                        arrival.body.get());
        return append(beat, judgement.reason());
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

    /** The instance that the key or else the header names; null: neither does. */
    private static @Nullable String instance(Principal principal, @Nullable String instanceHeader) {
        if (principal.instanceId() != null) {
            return principal.instanceId();
        }
        return instanceHeader == null || instanceHeader.isEmpty() ? null : instanceHeader;
    }

    /** How a beat came. */
    private record Arrival(
            Principal principal,
            @Nullable String instanceHeader,
            Instant receivedAt,
            String contentType,
            Supplier<byte[]> body) {

        @Nullable String instance() {
            return HeartbeatIntake.instance(principal, instanceHeader);
        }
    }
}
