package dev.wolverine.alerts.leak;

import java.nio.ByteBuffer;

/**
 * The lowest memory of each of the last so many stretches of time. Adding is commutative: samples
 * that come late or shuffled leave the same ring behind. Not thread-safe.
 */
final class FloorRing {

    /** What a bucket without samples has for a floor. */
    static final int NONE = -1;

    private static final byte NO_LIFE = 0;
    private static final byte SEVERAL_LIVES = -1;
    private static final int BYTES_PER_BUCKET = Character.BYTES + 2;

    private final int bucketSeconds;
    private final char[] floors;
    private final byte[] counts;
    private final byte[] lives;
    private long newest = Long.MIN_VALUE;
    private int changes;

    FloorRing(int bucketSeconds, int buckets) {
        this.bucketSeconds = bucketSeconds;
        floors = new char[buckets];
        counts = new byte[buckets];
        lives = new byte[buckets];
    }

    /**
     * @param life tag of the process, 1 to 250
     */
    void add(long second, int memoryMb, byte life) {
        long bucket = bucketOf(second);
        if (newest == Long.MIN_VALUE) {
            newest = bucket;
        }
        if (bucket <= newest - floors.length) {
            return;
        }
        for (; newest < bucket; newest++) {
            if (bucket - newest > floors.length) {
                newest = bucket - floors.length;
            }
            clear(slot(newest + 1));
        }
        if (bucket < newest) {
            changes++;
        }
        int slot = slot(bucket);
        char floor = (char) Math.min(memoryMb, Character.MAX_VALUE);
        if (lives[slot] == NO_LIFE || floor < floors[slot]) {
            floors[slot] = floor;
        }
        lives[slot] = lives[slot] == NO_LIFE || lives[slot] == life ? life : SEVERAL_LIVES;
        if (counts[slot] != -1) {
            counts[slot]++;
        }
    }

    long bucketOf(long second) {
        return Math.floorDiv(second, bucketSeconds);
    }

    int bucketSeconds() {
        return bucketSeconds;
    }

    long newest() {
        return newest;
    }

    /** Grows with every sample that came late for its bucket. */
    int changes() {
        return changes;
    }

    /** The first bucket that is still kept. */
    long oldest() {
        return newest - floors.length + 1;
    }

    /** Megabytes; {@link #NONE} where no sample is kept. */
    int floor(long bucket) {
        return isKept(bucket) && lives[slot(bucket)] != NO_LIFE ? floors[slot(bucket)] : NONE;
    }

    /** How many samples, 255 for more. */
    int count(long bucket) {
        return isKept(bucket) ? Byte.toUnsignedInt(counts[slot(bucket)]) : 0;
    }

    /** Whether all samples of a bucket are of this process. */
    boolean isOf(long bucket, byte life) {
        return isKept(bucket) && lives[slot(bucket)] == life;
    }

    /** The process of a bucket; 0 if it has none or several. */
    byte life(long bucket) {
        return isKept(bucket) && lives[slot(bucket)] != SEVERAL_LIVES ? lives[slot(bucket)] : 0;
    }

    int bytes() {
        return Long.BYTES + floors.length * BYTES_PER_BUCKET;
    }

    void write(ByteBuffer to) {
        to.putLong(newest);
        for (int i = 0; i < floors.length; i++) {
            to.putChar(floors[i]).put(counts[i]).put(lives[i]);
        }
    }

    void read(ByteBuffer from) {
        newest = from.getLong();
        for (int i = 0; i < floors.length; i++) {
            floors[i] = from.getChar();
            counts[i] = from.get();
            lives[i] = from.get();
        }
    }

    private boolean isKept(long bucket) {
        return newest != Long.MIN_VALUE && bucket <= newest && bucket >= oldest();
    }

    private void clear(int slot) {
        floors[slot] = 0;
        counts[slot] = 0;
        lives[slot] = NO_LIFE;
    }

    private int slot(long bucket) {
        return (int) Math.floorMod(bucket, (long) floors.length);
    }
}
