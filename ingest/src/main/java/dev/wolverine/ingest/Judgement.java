package dev.wolverine.ingest;

import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.QuarantineReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What {@link HeartbeatRules} say of a beat. */
sealed interface Judgement {

    /** Nothing is left to find out. */
    sealed interface Settled extends Judgement {}

    /**
     * It can be stored.
     *
     * @param flags what was noticed of its clock and its id
     */
    record Acceptable(Identity identity, Instant timestamp, int flags) implements Settled {}

    /**
     * It can never be stored.
     *
     * @param instanceId where a usable one is named
     */
    record Unacceptable(@Nullable String instanceId, QuarantineReason reason, String detail)
            implements Settled {}

    /** Its id was taken for a secret by its own client: somebody else has to say whose it is. */
    record Redacted() implements Judgement {}
}
