package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Heartbeat;
import java.util.Arrays;
import java.util.Objects;
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
     * That a life's first beat was compared with the last of another, and all that is needed to
     * take it back.
     *
     * @param firstMillis which other life
     * @param startSeconds of this life, in its first beat
     * @param isDown whether the first beat said so
     * @param snapshot encoded, of the first beat
     */
    record Claim(long firstMillis, long startSeconds, boolean isDown, byte[] snapshot) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Claim that
                    && firstMillis == that.firstMillis
                    && startSeconds == that.startSeconds
                    && isDown == that.isDown
                    && Arrays.equals(snapshot, that.snapshot);
        }

        @Override
        public int hashCode() {
            return Objects.hash(firstMillis, startSeconds, isDown, Arrays.hashCode(snapshot));
        }
    }

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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Life that
                && startSeconds == that.startSeconds
                && firstMillis == that.firstMillis
                && lastMillis == that.lastMillis
                && Objects.equals(version, that.version)
                && child.equals(that.child)
                && snapshotHash == that.snapshotHash
                && Arrays.equals(counters, that.counters)
                && isContinued == that.isContinued
                && Objects.equals(claim, that.claim);
    }

    @Override
    public int hashCode() {
        return Objects.hash(startSeconds, firstMillis, lastMillis, snapshotHash, isContinued);
    }
}
