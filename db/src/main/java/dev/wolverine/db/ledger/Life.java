package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Heartbeat;
import org.jspecify.annotations.Nullable;

/**
 * One life of a runner, as far as it was seen.
 *
 * @param startSeconds when the runner was started, by its clock, since 1970: of its latest beat,
 *     since it wobbles; {@link #NO_START} where no uptime is sent
 * @param firstMillis its first beat; identifies the life
 * @param version of the client
 * @param snapshotHash of the latest beat
 * @param counters encoded {@link CounterSet} that the next beat is compared with
 * @param isContinued whether another life took up these counters
 * @param claim what this life took up from another, while that may still turn out to go on
 */
record Life(
        long startSeconds,
        long firstMillis,
        long lastMillis,
        @Nullable String version,
        Child child,
        long snapshotHash,
        byte[] counters,
        boolean isContinued,
        @Nullable Claim claim) {

    static final long NO_START = Long.MIN_VALUE;

    /** How far the start may wobble within one life. */
    static final long TOLERANCE_SECONDS = 5;

    /**
     * The process that the runner looks after.
     *
     * @param pid or {@link Heartbeat#ABSENT}, like the rest
     * @param sinceMillis first beat that showed it
     * @param firstMemoryMb in its second beat: in the first it can be the runner's
     * @param highestMemoryMb since then
     * @param memoryMb in the latest beat
     * @param wasDown whether the latest beat said so
     */
    record Child(
            int pid,
            long sinceMillis,
            int firstMemoryMb,
            int highestMemoryMb,
            int memoryMb,
            boolean wasDown) {}

    /**
     * The counters of another life that a life's first beat was compared with.
     *
     * @param firstMillis which life
     * @param isRestart whether the runner was started later than that one
     * @param counters encoded, of the first beat of the life that took them up
     */
    record Claim(long firstMillis, boolean isRestart, byte[] counters) {}

    static long startSeconds(Heartbeat beat) {
        return beat.uptimeSeconds() == Heartbeat.ABSENT
                ? NO_START
                : Math.floorDiv(beat.timestamp().toEpochMilli(), 1000) - beat.uptimeSeconds();
    }

    boolean hasStart(long seconds) {
        if (startSeconds == NO_START || seconds == NO_START) {
            return startSeconds == seconds;
        }
        return Math.abs(startSeconds - seconds) <= TOLERANCE_SECONDS;
    }

    Life continued(boolean continued) {
        return new Life(
                startSeconds,
                firstMillis,
                lastMillis,
                version,
                child,
                snapshotHash,
                counters,
                continued,
                claim);
    }

    Life withoutClaim() {
        return new Life(
                startSeconds,
                firstMillis,
                lastMillis,
                version,
                child,
                snapshotHash,
                counters,
                isContinued,
                null);
    }
}
