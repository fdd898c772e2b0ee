package dev.wolverine.alerts.leak;

import java.nio.ByteBuffer;

/**
 * The lowest memory of each of the last so many stretches of time. Adding is commutative: samples
 * that come late or shuffled leave the same ring behind. Not thread-safe.
 *
 * <p>One array of bytes, four of which are a bucket: its floor in two, its samples, its process.
 */
final class FloorRing implements Buckets {

    private static final byte NO_LIFE = 0;
    private static final byte SEVERAL_LIVES = -1;
    private static final int CELL = 4;
    private static final int COUNT = 2;
    private static final int LIFE = 3;

    private final int bucketSeconds;
    private final byte[] cells;
    private long newest = Long.MIN_VALUE;
    private int changes;

    FloorRing(int bucketSeconds, int buckets) {
        this.bucketSeconds = bucketSeconds;
        cells = new byte[CELL * buckets];
    }

    /**
     * @param life tag of the process, 1 to 250
     */
    void add(long second, int memoryMb, byte life) {
        long bucket = bucketOf(second);
        if (newest == Long.MIN_VALUE) {
            newest = bucket;
        }
        if (bucket <= newest - length()) {
            return;
        }
        for (; newest < bucket; newest++) {
            if (bucket - newest > length()) {
                newest = bucket - length();
            }
            clear(cell(newest + 1));
        }
        if (bucket < newest) {
            changes++;
        }
        int cell = cell(bucket);
        int floor = Math.min(memoryMb, Character.MAX_VALUE);
        byte present = cells[cell + LIFE];
        if (present == NO_LIFE || floor < floorAt(cell)) {
            cells[cell] = (byte) (floor >>> 8);
            cells[cell + 1] = (byte) floor;
        }
        cells[cell + LIFE] = present == NO_LIFE || present == life ? life : SEVERAL_LIVES;
        if (cells[cell + COUNT] != -1) {
            cells[cell + COUNT]++;
        }
    }

    @Override
    public int bucketSeconds() {
        return bucketSeconds;
    }

    @Override
    public long newest() {
        return newest;
    }

    @Override
    public int changes() {
        return changes;
    }

    @Override
    public long oldest() {
        return newest - length() + 1;
    }

    @Override
    public int floor(long bucket) {
        return isKept(bucket) && cells[cell(bucket) + LIFE] != NO_LIFE
                ? floorAt(cell(bucket))
                : NONE;
    }

    /** How many samples, 255 for more. */
    @Override
    public int count(long bucket) {
        return isKept(bucket) ? Byte.toUnsignedInt(cells[cell(bucket) + COUNT]) : 0;
    }

    @Override
    public byte life(long bucket) {
        if (!isKept(bucket)) {
            return NO_LIFE;
        }
        byte life = cells[cell(bucket) + LIFE];
        return life == SEVERAL_LIVES ? NO_LIFE : life;
    }

    int bytes() {
        return Long.BYTES + cells.length;
    }

    void write(ByteBuffer to) {
        to.putLong(newest).put(cells);
    }

    void read(ByteBuffer from) {
        newest = from.getLong();
        from.get(cells);
    }

    private int length() {
        return cells.length / CELL;
    }

    private boolean isKept(long bucket) {
        return newest != Long.MIN_VALUE && bucket <= newest && bucket >= oldest();
    }

    private int floorAt(int cell) {
        return (cells[cell] & 0xFF) << 8 | cells[cell + 1] & 0xFF;
    }

    private void clear(int cell) {
        cells[cell] = 0;
        cells[cell + 1] = 0;
        cells[cell + COUNT] = 0;
        cells[cell + LIFE] = NO_LIFE;
    }

    private int cell(long bucket) {
        return CELL * (int) Math.floorMod(bucket, (long) length());
    }
}
