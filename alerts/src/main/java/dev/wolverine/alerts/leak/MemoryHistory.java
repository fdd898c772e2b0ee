package dev.wolverine.alerts.leak;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * All that the search for leaks remembers of one instance, in at most {@link #MAX_BYTES}: floors of
 * 5 and 15 minutes, and the last lives of its process.
 *
 * <p>Adding is commutative, so that a queue that drains late leaves what a punctual one would have
 * left; it is exact as long as the beats that change places are of at most {@link #MAX_LIVES}
 * processes. The same beat twice counts twice: feed what was stored, not what arrived. Not
 * thread-safe.
 */
public final class MemoryHistory {

    /** Of {@link #toBytes()}. */
    public static final int MAX_BYTES = 1_024;

    static final int MAX_LIVES = 6;
    static final int HOUR_SECONDS = 3_600;

    private static final byte FORMAT = 1;
    private static final Comparator<ProcessLife> BY_END =
            Comparator.comparingLong(ProcessLife::lastSecond)
                    .thenComparingLong(ProcessLife::firstSecond);

    private final FloorRing fiveMinutes = new FloorRing(300, 40);
    private final FloorRing quarters = new FloorRing(900, 116);
    private final List<ProcessLife> lives = new ArrayList<>(1);
    private final GrowthMemory[] memories = {
        new GrowthMemory(), new GrowthMemory(), new GrowthMemory(), new GrowthMemory()
    };
    private long newestSecond = Long.MIN_VALUE;

    /** Beats that say nothing of memory are left out. */
    public void add(MemorySample sample) {
        if (sample.memoryMb() < 0) {
            return;
        }
        newestSecond = Math.max(newestSecond, sample.second());
        ProcessLife life = lifeOf(sample);
        life.add(sample);
        byte tag = life.tag();
        fiveMinutes.add(sample.second(), sample.memoryMb(), tag);
        quarters.add(sample.second(), sample.memoryMb(), tag);
    }

    private ProcessLife lifeOf(MemorySample sample) {
        ProcessLife oldest = null;
        for (int i = lives.size() - 1; i >= 0; i--) {
            ProcessLife life = lives.get(i);
            if (life.includes(sample)) {
                return life;
            }
            oldest = oldest == null || BY_END.compare(life, oldest) < 0 ? life : oldest;
        }
        ProcessLife life = ProcessLife.of(sample);
        if (oldest != null && lives.size() == MAX_LIVES) {
            if (sample.second() < oldest.lastSecond()) {
                return life;
            }
            lives.remove(oldest);
        }
        lives.add(life);
        return life;
    }

    /** Client time of the newest beat; {@link Long#MIN_VALUE} if there is none. */
    public long newestSecond() {
        return newestSecond;
    }

    /** Grows with every beat that came late for its five minutes. */
    public int changes() {
        return fiveMinutes.changes() + quarters.changes();
    }

    FloorRing fiveMinutes() {
        return fiveMinutes;
    }

    FloorRing quarters() {
        return quarters;
    }

    Buckets hours() {
        return new Hours(quarters);
    }

    /** For the windows of a rule, each its own. */
    GrowthMemory memory(int window) {
        return memories[window];
    }

    /** How many processes are remembered. */
    public int lifeCount() {
        return lives.size();
    }

    /** The lowest memory of a quarter of an hour that began at this second. */
    public record Floor(long second, int memoryMb) {}

    /** Floors of the last hours, oldest first; quarters without samples are left out. */
    public List<Floor> floors(int hours) {
        List<Floor> floors = new ArrayList<>();
        if (newestSecond == Long.MIN_VALUE) {
            return floors;
        }
        long last = quarters.newest();
        for (long bucket = Math.max(quarters.oldest(), last - 4L * hours);
                bucket <= last;
                bucket++) {
            int floor = quarters.floor(bucket);
            if (floor != Buckets.NONE) {
                floors.add(new Floor(bucket * quarters.bucketSeconds(), floor));
            }
        }
        return floors;
    }

    /**
     * The most memory that a process ended with which was followed by another one of its version;
     * empty if there is none.
     */
    public OptionalInt restartedAtMb() {
        OptionalInt most = OptionalInt.empty();
        List<ProcessLife> ordered = lives();
        for (int i = 0; i + 1 < ordered.size(); i++) {
            ProcessLife life = ordered.get(i);
            if (life.version() == ordered.get(i + 1).version()
                    && life.lateMaximumMb() > most.orElse(0)) {
                most = OptionalInt.of(life.lateMaximumMb());
            }
        }
        return most;
    }

    /** By their ends, the present one last. */
    List<ProcessLife> lives() {
        return lives.stream().sorted(BY_END).toList();
    }

    @Nullable ProcessLife life(byte tag) {
        for (ProcessLife life : lives) {
            if (life.tag() == tag) {
                return life;
            }
        }
        return null;
    }

    public byte[] toBytes() {
        int size = 2 + Long.BYTES + fiveMinutes.bytes() + quarters.bytes();
        ByteBuffer buffer = ByteBuffer.allocate(size + lives.size() * ProcessLife.BYTES);
        buffer.put(FORMAT).putLong(newestSecond);
        fiveMinutes.write(buffer);
        quarters.write(buffer);
        buffer.put((byte) lives.size());
        lives().forEach(life -> life.write(buffer));
        return buffer.array();
    }

    /**
     * @throws IllegalArgumentException if these are not bytes of {@link #toBytes()}
     */
    public static MemoryHistory ofBytes(byte[] bytes) {
        MemoryHistory history = new MemoryHistory();
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            if (buffer.get() != FORMAT) {
                throw new IllegalArgumentException(
                        "format: " + bytes[0] + " (expected: " + FORMAT + ")");
            }
            history.newestSecond = buffer.getLong();
            history.fiveMinutes.read(buffer);
            history.quarters.read(buffer);
            for (int count = buffer.get(); count > 0; count--) {
                history.lives.add(ProcessLife.read(buffer));
            }
        } catch (java.nio.BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "length: " + bytes.length + " (expected: all bytes of a history)", e);
        }
        return history;
    }
}
