package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a writer remembers of a server that it claimed, as of its last commit.
 *
 * @param claim up to which count of {@link ServerClaims} it surely had the server
 * @param ledger after its latest beat
 * @param isBooked whether what follows from its stored beats was written: not before there were
 *     ledgers
 * @param state the row of `server_states`, if there is one
 * @param snapshot the one that was stored last, if that is known
 */
record KnownServer(
        int serverId,
        long claim,
        KnownLedger ledger,
        boolean isBooked,
        @Nullable StoredState state,
        @Nullable StoredSnapshot snapshot) {

    /** So old a stored state may be while nothing but gauges changes. */
    private static final Duration STATE_EVERY = Duration.ofMinutes(15);

    /**
     * @param head after the latest beat
     * @param storedThrough client time of the latest beat in the stored ledger, milliseconds
     * @param replay after the last late beat, if it is not the head
     */
    record KnownLedger(LedgerState head, long storedThrough, @Nullable LedgerState replay) {
        /** Of a server without beats. */
        static final KnownLedger NOTHING =
                new KnownLedger(LedgerState.EMPTY, LedgerState.NEVER, null);
    }

    /**
     * What a row of `server_states` has of the beat that it was made of.
     *
     * @param millis client time of the beat
     */
    record StoredState(long millis, long snapshotHash, ReportedStatus status, int flags, int pid) {

        static StoredState of(Heartbeat beat) {
            return new StoredState(
                    beat.timestamp().toEpochMilli(),
                    beat.snapshotHash(),
                    beat.status(),
                    beat.flags(),
                    beat.pid());
        }
    }

    /**
     * @param day UTC, days since 1970
     */
    record StoredSnapshot(long day, long hash) {}

    /** A server that had no beats before. */
    static KnownServer created(int serverId, long claim) {
        return new KnownServer(serverId, claim, KnownLedger.NOTHING, true, null, null);
    }

    KnownServer confirmed(long claim) {
        return new KnownServer(serverId, claim, ledger, isBooked, state, snapshot);
    }

    /** Whether all beats of the server are older. */
    boolean isBefore(Heartbeat beat) {
        return isBooked && beat.timestamp().toEpochMilli() > ledger.head().lastMillis();
    }

    /** Whether a newest beat is to replace the stored state: not if just its gauges differ. */
    boolean isOutdatedBy(Heartbeat beat) {
        return state == null
                || beat.snapshotHash() != state.snapshotHash()
                || beat.status() != state.status()
                || beat.flags() != state.flags()
                || beat.pid() != state.pid()
                || beat.timestamp().toEpochMilli() - state.millis() >= STATE_EVERY.toMillis();
    }
}
