package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happened to a server, as far as its beats tell: one row of a table. */
public sealed interface LedgerEvent {

    /** Client time, milliseconds: with the kind of event, and of its variant, the row's key. */
    long millis();

    /** What identifies an event of one server. */
    record Key(Class<? extends LedgerEvent> type, int variant, long millis) {}

    Key key();

    /** How a server was from a moment on. The codes are stored. */
    enum Status {
        HEALTHY(1),
        DEGRADED(2),
        DOWN(3),
        UNREACHABLE(4);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        static Status ofCode(int code) {
            for (Status status : values()) {
                if (status.code == code) {
                    return status;
                }
            }
            throw new IllegalArgumentException("status: " + code + " (expected: 1 to 4)");
        }
    }

    /** Why a status was taken. Stored by its name, lower case. */
    enum Reason {
        FIRST_BEAT,
        RECOVERED,
        REPORTED_DOWN,
        REPORTED_DEGRADED,
        ROUTES_UNHEALTHY,
        SILENCE
    }

    /** A server's status became another one. */
    record StatusChange(long millis, Status status, Reason reason) implements LedgerEvent {
        @Override
        public Key key() {
            return new Key(StatusChange.class, 0, millis);
        }
    }

    /** What was replaced. The codes are stored. */
    enum Process {
        RUNNER(1),
        CHILD(2);

        private final int code;

        Process(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** Why probably. Stored by its name, lower case. */
    enum Cause {
        /** The client's version changed. */
        UPGRADE,
        /** It said that it was down. */
        CRASH,
        /** A repair was made or tried since the beat before. */
        REPAIR,
        /** Memory stood at its highest, at twice what the process had at first or more. */
        MEMORY,
        /** No beat came for more than two intervals: the machine, or the way to it, was away. */
        OUTAGE,
        UNKNOWN
    }

    /**
     * A process was replaced by another.
     *
     * @param millis of the first beat of the new process
     * @param lifetimeSeconds from the start of the former to its last beat: of a child from the
     *     first beat that showed it
     * @param memoryBeforeMb of the last beat, or {@link dev.wolverine.db.model.Heartbeat#ABSENT}
     */
    record Restart(
            long millis, Process process, long lifetimeSeconds, int memoryBeforeMb, Cause cause)
            implements LedgerEvent {
        @Override
        public Key key() {
            return new Key(Restart.class, process.code(), millis);
        }
    }

    /**
     * Repairs that were made between a beat and the one before.
     *
     * @param last the newest, where the client tells
     */
    record RepairsMade(
            long millis,
            long repairs,
            long successes,
            long failures,
            long tokens,
            long costMicros,
            Snapshot.@Nullable LastRepair last)
            implements LedgerEvent {
        @Override
        public Key key() {
            return new Key(RepairsMade.class, 0, millis);
        }
    }

    /** How counters moved that did not just grow. The codes are stored. */
    enum Adjustment {
        /** Counters fell without a reason: nothing was booked for them. */
        REBASELINE(1),
        /** Counters began anew: what they show was booked. */
        RESET(2),
        /** More was booked than an instance is likely to spend. */
        IMPLAUSIBLE(3);

        private final int code;

        Adjustment(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /**
     * Usage that somebody who checks a bill will ask about.
     *
     * @param series how many moved so
     * @param examples the first of them, in words
     * @param before the instance's sums in the beat before, as far as they were sent
     * @param after and in this one
     */
    record UsageAdjusted(
            long millis,
            Adjustment adjustment,
            int series,
            List<String> examples,
            long tokensBefore,
            long tokensAfter,
            long costMicrosBefore,
            long costMicrosAfter)
            implements LedgerEvent {

        static final int MAX_EXAMPLES = 10;

        public UsageAdjusted {
            examples = List.copyOf(examples);
        }

        @Override
        public Key key() {
            return new Key(UsageAdjusted.class, adjustment.code(), millis);
        }
    }
}
