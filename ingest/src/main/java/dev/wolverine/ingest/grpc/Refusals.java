package dev.wolverine.ingest.grpc;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.RefusalReason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

/** The one place where results become words of gRPC. */
final class Refusals {

    private Refusals() {}

    /** How a stream says it; null for what was stored. */
    static @Nullable Refusal of(long sequence, IntakeResult result) {
        return switch (result) {
            case IntakeResult.Stored _ -> null;
            case IntakeResult.Quarantined(QuarantineReason reason) ->
                    Refusal.newBuilder().setSequence(sequence).setReason(reason(reason)).build();
            case IntakeResult.Refused(IntakeResult.Cause cause, java.time.Duration retryAfter) ->
                    Refusal.newBuilder()
                            .setSequence(sequence)
                            .setReason(reason(cause))
                            .setRetryable(true)
                            .setRetryAfterMs(retryAfter.toMillis())
                            .build();
            case IntakeResult.Malformed _ ->
                    Refusal.newBuilder()
                            .setSequence(sequence)
                            .setReason(RefusalReason.UNSTORABLE)
                            .build();
            case IntakeResult.Forbidden _ ->
                    Refusal.newBuilder()
                            .setSequence(sequence)
                            .setReason(RefusalReason.REFUSAL_REASON_UNSPECIFIED)
                            .build();
        };
    }

    /** How a single call says "not now". */
    static StatusRuntimeException status(IntakeResult.Refused refused) {
        boolean away = refused.cause() == IntakeResult.Cause.STORAGE_UNAVAILABLE;
        return StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                        .setCode((away ? Code.UNAVAILABLE : Code.RESOURCE_EXHAUSTED).getNumber())
                        .setMessage(
                                refused.cause().label()
                                        + ": try again in "
                                        + refused.retryAfter().toSeconds()
                                        + " s")
                        .addDetails(
                                Any.pack(
                                        RetryInfo.newBuilder()
                                                .setRetryDelay(
                                                        com.google.protobuf.Duration.newBuilder()
                                                                .setSeconds(
                                                                        refused.retryAfter()
                                                                                .toSeconds()))
                                                .build()))
                        .build());
    }

    static RefusalReason reason(QuarantineReason reason) {
        return switch (reason) {
            case NOT_AN_OBJECT -> RefusalReason.NOT_AN_OBJECT;
            case MISSING_INSTANCE_ID -> RefusalReason.MISSING_INSTANCE_ID;
            case INVALID_INSTANCE_ID -> RefusalReason.INVALID_INSTANCE_ID;
            case MISSING_TIMESTAMP -> RefusalReason.MISSING_TIMESTAMP;
            case INVALID_TIMESTAMP -> RefusalReason.INVALID_TIMESTAMP;
            case FUTURE_TIMESTAMP -> RefusalReason.FUTURE_TIMESTAMP;
            case TOO_OLD -> RefusalReason.TOO_OLD;
            case TOO_DEEP -> RefusalReason.TOO_DEEP;
            case TOO_LARGE -> RefusalReason.TOO_LARGE;
            case DUPLICATE_KEY -> RefusalReason.DUPLICATE_KEY;
            case CONFLICT -> RefusalReason.CONFLICT;
            case UNSTORABLE -> RefusalReason.UNSTORABLE;
            case QUARANTINE_FULL -> RefusalReason.QUARANTINE_FULL;
        };
    }

    private static RefusalReason reason(IntakeResult.Cause cause) {
        return switch (cause) {
            case RATE_LIMITED -> RefusalReason.RATE_LIMITED;
            case OVERLOADED -> RefusalReason.OVERLOADED;
            case STORAGE_UNAVAILABLE -> RefusalReason.STORAGE_UNAVAILABLE;
        };
    }
}
