package dev.wolverine.alerts.leak;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One life of a process: how much memory it began with, and with how much it ended. Not
 * thread-safe; adding is commutative.
 */
final class ProcessLife {

    static final int BYTES = Long.BYTES + 4 * Integer.BYTES + 8 * Character.BYTES;

    private static final int BUCKET_SECONDS = 300;
    private static final int START_TOLERANCE_SECONDS = 150;
    private static final char NOTHING = Character.MAX_VALUE;

    private final int pid;
    private final long startSecond;
    private final int version;
    private long firstSecond = Long.MAX_VALUE;
    private long lastSecond = Long.MIN_VALUE;
    private final char[] earlyFloors = {NOTHING, NOTHING, NOTHING};
    private final char[] lateFloors = {NOTHING, NOTHING};
    private final char[] lateMaxima = {0, 0};
    private char maximum;

    /**
     * @param startSecond start of the runner; {@link Long#MIN_VALUE} if not known
     */
    ProcessLife(int pid, long startSecond, int version) {
        this.pid = pid;
        this.startSecond = startSecond;
        this.version = version;
    }

    static ProcessLife of(MemorySample sample) {
        return new ProcessLife(sample.pid(), startOf(sample), sample.version().hashCode());
    }

    private static long startOf(MemorySample sample) {
        return sample.uptimeSeconds() == MemorySample.ABSENT
                ? Long.MIN_VALUE
                : sample.second() - sample.uptimeSeconds();
    }

    boolean includes(MemorySample sample) {
        long start = startOf(sample);
        return sample.pid() == pid
                && sample.version().hashCode() == version
                && (start == Long.MIN_VALUE
                        || startSecond == Long.MIN_VALUE
                        || Math.abs(start - startSecond) <= START_TOLERANCE_SECONDS);
    }

    /** A number from 1 to 250 that this life has and the one before hardly ever has too. */
    byte tag() {
        long start = Math.floorDiv(startSecond, 4 * START_TOLERANCE_SECONDS);
        long mixed = (pid * 31L + version) * 0x9E3779B97F4A7C15L + start * 0xC2B2AE3D27D4EB4FL;
        mixed ^= mixed >>> 29;
        mixed *= 0xBF58476D1CE4E5B9L;
        return (byte) (1 + Long.remainderUnsigned(mixed ^ mixed >>> 32, 250));
    }

    void add(MemorySample sample) {
        char memory = (char) Math.min(sample.memoryMb(), Character.MAX_VALUE - 1);
        maximum = (char) Math.max(maximum, memory);
        addLate(sample.second(), memory);
        addEarly(sample.second(), memory);
    }

    private void addLate(long second, char memory) {
        long newest = Math.floorDiv(lastSecond, BUCKET_SECONDS);
        long bucket = Math.floorDiv(second, BUCKET_SECONDS);
        if (lastSecond == Long.MIN_VALUE || bucket > newest + 1) {
            lateFloors[1] = NOTHING;
            lateMaxima[1] = 0;
        } else if (bucket == newest + 1) {
            lateFloors[1] = lateFloors[0];
            lateMaxima[1] = lateMaxima[0];
        }
        if (lastSecond == Long.MIN_VALUE || bucket > newest) {
            lateFloors[0] = NOTHING;
            lateMaxima[0] = 0;
            newest = bucket;
        }
        long back = newest - bucket;
        if (back <= 1) {
            lateFloors[(int) back] = (char) Math.min(lateFloors[(int) back], memory);
            lateMaxima[(int) back] = (char) Math.max(lateMaxima[(int) back], memory);
        }
        lastSecond = Math.max(lastSecond, second);
    }

    private void addEarly(long second, char memory) {
        long bucket = Math.floorDiv(second, BUCKET_SECONDS);
        if (firstSecond == Long.MAX_VALUE) {
            firstSecond = second;
        }
        long earlier = Math.floorDiv(firstSecond, BUCKET_SECONDS) - bucket;
        for (long i = Math.min(earlier, earlyFloors.length); i > 0; i--) {
            earlyFloors[2] = earlyFloors[1];
            earlyFloors[1] = earlyFloors[0];
            earlyFloors[0] = NOTHING;
        }
        firstSecond = Math.min(firstSecond, second);
        long place = bucket - Math.floorDiv(firstSecond, BUCKET_SECONDS);
        if (place < earlyFloors.length) {
            earlyFloors[(int) place] = (char) Math.min(earlyFloors[(int) place], memory);
        }
    }

    long firstSecond() {
        return firstSecond;
    }

    long lastSecond() {
        return lastSecond;
    }

    int version() {
        return version;
    }

    /**
     * Lowest memory about 5 to 15 minutes after it was first seen: before, it may still be that of
     * the runner; {@link Buckets#NONE} if unknown.
     */
    int earlyFloorMb() {
        char floor = (char) Math.min(earlyFloors[1], earlyFloors[2]);
        return floor == NOTHING ? Buckets.NONE : floor;
    }

    /** Lowest memory of its last five to ten minutes. */
    int lateFloorMb() {
        return Math.min(lateFloors[0], lateFloors[1]);
    }

    /** Highest memory of its last five to ten minutes. */
    int lateMaximumMb() {
        return Math.max(lateMaxima[0], lateMaxima[1]);
    }

    int maximumMb() {
        return maximum;
    }

    void write(ByteBuffer to) {
        to.putInt(pid).putInt(version).putLong(firstSecond);
        to.putInt((int) (lastSecond - firstSecond));
        to.putInt(
                startSecond == Long.MIN_VALUE
                        ? Integer.MIN_VALUE
                        : (int) (firstSecond - startSecond));
        to.putChar(maximum);
        for (char[] numbers : List.of(earlyFloors, lateFloors, lateMaxima)) {
            for (char number : numbers) {
                to.putChar(number);
            }
        }
    }

    static ProcessLife read(ByteBuffer from) {
        int pid = from.getInt();
        int version = from.getInt();
        long first = from.getLong();
        long last = first + from.getInt();
        int age = from.getInt();
        ProcessLife life =
                new ProcessLife(
                        pid, age == Integer.MIN_VALUE ? Long.MIN_VALUE : first - age, version);
        life.firstSecond = first;
        life.lastSecond = last;
        life.maximum = from.getChar();
        for (char[] numbers : List.of(life.earlyFloors, life.lateFloors, life.lateMaxima)) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = from.getChar();
            }
        }
        return life;
    }
}
