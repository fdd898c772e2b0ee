package dev.wolverine.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBody;
import dev.wolverine.ingest.decode.HeartbeatDraft;
import dev.wolverine.ingest.decode.JsonHeartbeatDecoder;
import dev.wolverine.ingest.decode.ProtoHeartbeatDecoder;
import dev.wolverine.ingest.decode.UndecodableBeat;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes bodies out of quarantine once more: by the rules of today, and as of when they came. They
 * are not kept aside a second time, and cost nothing of the rate.
 *
 * <p>Never blocks; thread-safe.
 */
public final class HeartbeatReplay {

    private static final String PROTOBUF = "application/x-protobuf";

    private final HeartbeatLog heartbeats;
    private final InstanceNames names;
    private final HeartbeatRules rules;
    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();

    /** Judges as the {@link HeartbeatIntake} with the same arguments does. */
    public HeartbeatReplay(
            HeartbeatLog heartbeats,
            InstanceNames names,
            IngestConfig.Clock clock,
            Duration retention) {
        this.heartbeats = heartbeats;
        this.names = names;
        rules = new HeartbeatRules(clock, retention);
    }

    /**
     * Takes one; the stage fails where the database does not say whose it is.
     *
     * @param kept as it was sent, see {@code QuarantineRow.isAsSent}
     * @param instanceId whose it is; null: as it says itself
     */
    public CompletionStage<ReplayResult> replay(
            UUID organisationId, QuarantinedBody kept, @Nullable String instanceId) {
        Instant receivedAt = kept.row().receivedAt();
        HeartbeatDraft draft;
        try {
            draft = decode(kept);
        } catch (UndecodableBeat e) {
            return CompletableFuture.completedStage(
                    new ReplayResult.Unacceptable(
                            e.reason() == null ? kept.row().reason() : e.reason(),
                            String.valueOf(e.getMessage())));
        }
        Judgement judgement =
                instanceId == null
                        ? rules.judge(draft, organisationId, receivedAt)
                        : rules.judgeOf(instanceId, draft, organisationId, receivedAt);
        return switch (judgement) {
            case Judgement.Settled settled -> append(draft, settled, receivedAt);
            case Judgement.Redacted _ ->
                    names.find(organisationId, draft)
                            .thenApply(match ->
                                    rules.judgeRedacted(match, draft, organisationId, receivedAt))
                            .thenCompose(settled -> append(draft, settled, receivedAt));
        };
    }

    private HeartbeatDraft decode(QuarantinedBody kept) throws UndecodableBeat {
        if (!kept.row().contentType().equals(PROTOBUF)) {
            return json.decode(kept.body());
        }
        try {
            return proto.decode(dev.wolverine.proto.v1.Heartbeat.parseFrom(kept.body()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("quarantine " + kept.row().id(), e);
        }
    }

    private CompletionStage<ReplayResult> append(
            HeartbeatDraft draft, Judgement.Settled judgement, Instant receivedAt) {
        return switch (judgement) {
            case Judgement.Unacceptable(_, var reason, var detail) ->
                    CompletableFuture.completedStage(new ReplayResult.Unacceptable(reason, detail));
            case Judgement.Acceptable(var identity, var timestamp, var flags) ->
                    heartbeats
                            .append(draft.build(identity, timestamp, receivedAt, flags))
                            .thenApply(HeartbeatReplay::result);
        };
    }

    private static ReplayResult result(HeartbeatLog.Outcome outcome) {
        return switch (outcome) {
            case HeartbeatLog.Outcome.Refused(IntakeResult.Cause cause, Duration retryAfter) ->
                    new ReplayResult.Refused(cause, retryAfter);
            case HeartbeatLog.Outcome.Durable(AppendResult durable) ->
                    switch (durable) {
                        case STORED -> new ReplayResult.Stored(false);
                        case DUPLICATE -> new ReplayResult.Stored(true);
                        // Which of the two won is not told: replayed again, a winner is a
                        // duplicate.
                        case CONFLICT ->
                                new ReplayResult.Unacceptable(
                                        QuarantineReason.CONFLICT,
                                        "another heartbeat of this instance says something else at its time");
                        case QUARANTINED, QUARANTINE_FULL ->
                                new ReplayResult.Unacceptable(
                                        QuarantineReason.UNSTORABLE, "the storage refused it");
                    };
        };
    }
}
