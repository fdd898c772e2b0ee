package dev.wolverine.alerts.detect;

import java.nio.ByteBuffer;

/**
 * In which gaps the live beats of one instance arrive: a histogram of 48 classes from a second to
 * an hour, each wider than the one before by 19 %. Old gaps fade: once 240 are counted, all are
 * halved. Not thread-safe.
 */
final class Rhythm {

    static final int BYTES = 48;

    private static final double FIRST_MILLIS = 1_000;
    private static final double WIDER = Math.pow(3_600, 1.0 / BYTES);
    private static final double LOG_WIDER = Math.log(WIDER);
    private static final int MOST = 240;
    private static final int ENOUGH = 5;

    /** A gap so many times the usual one was an outage, which says nothing of the rhythm. */
    private static final int OUTAGE = 10;

    private static final long UNKNOWN_MILLIS = 60_000;

    private final byte[] counts = new byte[BYTES];
    private short total;

    /** Takes in how long after the beat before, by our clock, a live beat came. */
    void add(long gapMillis) {
        if (total >= ENOUGH && gapMillis > OUTAGE * quantile(0.5)) {
            return;
        }
        int place = (int) Math.round(Math.log(gapMillis / FIRST_MILLIS) / LOG_WIDER);
        counts[Math.clamp(place, 0, BYTES - 1)]++;
        total++;
        if (total >= MOST) {
            fade();
        }
    }

    /** The usual gap, milliseconds, as its class; a minute until it is known. */
    long intervalMillis() {
        return total < ENOUGH ? UNKNOWN_MILLIS : quantile(0.5);
    }

    /** Hardly any gap is longer; milliseconds, as its class. */
    long longGapMillis() {
        return total < ENOUGH ? UNKNOWN_MILLIS : quantile(0.99);
    }

    void write(ByteBuffer to) {
        to.put(counts);
    }

    void read(ByteBuffer from) {
        from.get(counts);
        total = 0;
        for (byte count : counts) {
            total += (short) (count & 0xFF);
        }
    }

    private long quantile(double share) {
        int rank = (int) Math.ceil(share * total);
        int seen = 0;
        for (int i = 0; i < BYTES; i++) {
            seen += counts[i] & 0xFF;
            if (seen >= rank) {
                return Math.round(FIRST_MILLIS * Math.pow(WIDER, i));
            }
        }
        return UNKNOWN_MILLIS;
    }

    private void fade() {
        total = 0;
        for (int i = 0; i < BYTES; i++) {
            counts[i] = (byte) ((counts[i] & 0xFF) / 2);
            total += counts[i];
        }
    }
}
