package dev.wolverine.db.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a server's next beat has to be compared with: a fold over the beats before it.
 * Immutable.
 *
 * @param lastMillis client time of the latest beat, or {@link #NEVER}
 * @param lives at most {@link #MAX_LIVES}, in the order of their first beats
 * @param gaps silences that may still be filled, at most {@link #MAX_GAPS}, in the order of their
 *     ends
 */
public record LedgerState(
        long lastMillis, LedgerEvent.@Nullable Status status, List<Life> lives, List<Gap> gaps) {

    public static final long NEVER = Long.MIN_VALUE;

    /** Of a server without beats. */
    public static final LedgerState EMPTY = new LedgerState(NEVER, null, List.of(), List.of());

    /**
     * Instances on one id that can be told apart; of more, those that were silent longest are
     * forgotten.
     */
    static final int MAX_LIVES = 32;

    /**
     * A client's queue reaches back 24 hours: who was silent for longer does not come back unseen.
     */
    static final long FORGET_MILLIS = 26 * 3_600_000L;

    static final int MAX_GAPS = 256;

    /** An offline queue comes back within: until then a silence is not spread. */
    static final long SETTLE_MILLIS = 3_600_000L;

    /** Two and a half intervals. */
    static final long GRACE_MILLIS = 150_000;

    public LedgerState {
        lives = List.copyOf(lives);
        gaps = List.copyOf(gaps);
    }

    /** Runners that beat beside each other under this server's id: 1, unless several share it. */
    public int instances() {
        int beside = 0;
        for (Life life : lives) {
            if (!life.isContinued() && lastMillis - life.lastMillis() <= GRACE_MILLIS) {
                beside++;
            }
        }
        return beside;
    }
}
