package dev.wolverine.alerts.detect;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the newest eight beats of an instance say of its routes. The same whatever the order in
 * which they came, and however often. Not thread-safe.
 *
 * <p>A beat is a number: its second, and below that the slowest route's milliseconds, how many
 * routes are unhealthy, and whether it says "down".
 */
final class RecentBeats {

    static final int REMEMBERED = 8;
    static final int BYTES = REMEMBERED * Long.BYTES;

    static final int MOST_UNHEALTHY = 255;
    static final int MOST_MILLIS = (1 << 20) - 1;

    private static final int SECOND_SHIFT = 29;
    private static final int MILLIS_SHIFT = 9;
    private static final int UNHEALTHY_SHIFT = 1;

    /** Ascending; 0 where there is none yet. */
    private final long[] beats = new long[REMEMBERED];

    /**
     * @param unhealthy negative if the instance did not say
     * @param slowestMicros negative if the instance did not say
     */
    void add(long second, int unhealthy, int slowestMicros, boolean down) {
        long millis = Math.min(MOST_MILLIS, Math.max(0, slowestMicros) / 1_000);
        long beat =
                second << SECOND_SHIFT
                        | millis << MILLIS_SHIFT
                        | (long) Math.clamp(unhealthy, 0, MOST_UNHEALTHY) << UNHEALTHY_SHIFT
                        | (down ? 1 : 0);
        int place = REMEMBERED - 1;
        while (place >= 0 && beats[place] > beat) {
            place--;
        }
        if (place < 0 || beats[place] == beat) {
            return;
        }
        System.arraycopy(beats, 1, beats, 0, place);
        beats[place] = beat;
    }

    /** How many of the newest, one after the other, count at least so many unhealthy routes. */
    int beatsUnhealthy(int least) {
        int run = 0;
        while (run < REMEMBERED && beat(run) != 0 && unhealthy(beat(run)) >= least) {
            run++;
        }
        return run;
    }

    /** How many of the newest, one after the other, have a slower route than this. */
    int beatsSlower(int thanMillis) {
        int run = 0;
        while (run < REMEMBERED && beat(run) != 0 && millis(beat(run)) > thanMillis) {
            run++;
        }
        return run;
    }

    int count() {
        return (int) Arrays.stream(beats).filter(beat -> beat != 0).count();
    }

    void write(ByteBuffer to) {
        for (long beat : beats) {
            to.putLong(beat);
        }
    }

    void read(ByteBuffer from) {
        for (int i = 0; i < REMEMBERED; i++) {
            beats[i] = from.getLong();
        }
    }

    /** The newest is 0. */
    private long beat(int back) {
        return beats[REMEMBERED - 1 - back];
    }

    private static int unhealthy(long beat) {
        return (int) (beat >>> UNHEALTHY_SHIFT) & MOST_UNHEALTHY;
    }

    private static int millis(long beat) {
        return (int) (beat >>> MILLIS_SHIFT) & MOST_MILLIS;
    }
}
