package dev.wolverine.alerts.crash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The last lives of an instance's process, in at most {@link #MAX_BYTES}. A life is a pid together
 * with the start of its runner.
 *
 * <p>A life is known by its first and its last beat, so beats may come in any order; exact as long
 * as the beats that change places are of at most {@link #MAX_LIVES} lives. Not thread-safe.
 */
public final class RestartHistory {

    /** Of {@link #toBytes()}. */
    public static final int MAX_BYTES = 1_024;

    static final int MAX_LIVES = 34;

    private static final int START_TOLERANCE_SECONDS = 10;
    private static final byte FORMAT = 1;
    private static final int LIFE_BYTES = 28;

    /** Mutable: the two ends move apart as beats come. */
    private static final class Life {
        private final int pid;
        private final int version;
        private final long start;
        private long first;
        private long last;

        private Life(int pid, int version, long start, long first, long last) {
            this.pid = pid;
            this.version = version;
            this.start = start;
            this.first = first;
            this.last = last;
        }
    }

    /** By their first beats. */
    private final List<Life> lives = new ArrayList<>(1);

    private long newestSecond = Long.MIN_VALUE;

    /** Beats that name no process are left out, but for the time that they tell. */
    public void add(InstanceSignal signal) {
        newestSecond = Math.max(newestSecond, signal.second());
        if (signal.pid() == InstanceSignal.ABSENT
                && signal.uptimeSeconds() == InstanceSignal.ABSENT) {
            return;
        }
        long start =
                signal.uptimeSeconds() == InstanceSignal.ABSENT
                        ? Long.MIN_VALUE
                        : signal.second() - signal.uptimeSeconds();
        int version = signal.version().hashCode();
        for (int i = lives.size() - 1; i >= 0; i--) {
            Life life = lives.get(i);
            if (life.pid == signal.pid()
                    && life.version == version
                    && sameStart(life.start, start)) {
                life.last = Math.max(life.last, signal.second());
                if (signal.second() < life.first) {
                    life.first = signal.second();
                    lives.remove(i);
                    insert(life);
                }
                return;
            }
        }
        insert(new Life(signal.pid(), version, start, signal.second(), signal.second()));
        if (lives.size() > MAX_LIVES) {
            lives.removeFirst();
        }
    }

    private static boolean sameStart(long one, long other) {
        return one == Long.MIN_VALUE
                || other == Long.MIN_VALUE
                || Math.abs(one - other) <= START_TOLERANCE_SECONDS;
    }

    private void insert(Life life) {
        int place = lives.size();
        while (place > 0 && lives.get(place - 1).first > life.first) {
            place--;
        }
        lives.add(place, life);
    }

    /** Client time of the newest beat; {@link Long#MIN_VALUE} if there is none. */
    public long newestSecond() {
        return newestSecond;
    }

    /**
     * Restarts after a moment, oldest first. None where lives overlap: those are two instances that
     * share an id.
     */
    List<RestartEvent> restartsSince(long second) {
        List<RestartEvent> restarts = new ArrayList<>();
        for (int i = 1; i < lives.size(); i++) {
            Life before = lives.get(i - 1);
            Life life = lives.get(i);
            if (life.first < before.last) {
                continue;
            }
            if (life.first > second) {
                restarts.add(new RestartEvent(life.first, life.version != before.version));
            }
        }
        return restarts;
    }

    /** When the newest process that was not the first was first seen; empty if there is none. */
    public OptionalLong lastRestartSecond() {
        return lives.size() < 2 || lives.getLast().first < lives.get(lives.size() - 2).last
                ? OptionalLong.empty()
                : OptionalLong.of(lives.getLast().first);
    }

    /** Restarts after a moment, as far as they are remembered. */
    public int restarts(long afterSecond) {
        return restartsSince(afterSecond).size();
    }

    /** Age of the present process, as far as it was seen; 0 if there is none. */
    long presentLifeSeconds(long now) {
        return lives.isEmpty() ? 0 : Math.max(0, now - lives.getLast().first);
    }

    public byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(2 + Long.BYTES + lives.size() * LIFE_BYTES);
        buffer.put(FORMAT).put((byte) lives.size()).putLong(newestSecond);
        for (Life life : lives) {
            buffer.putInt(life.pid).putInt(life.version).putLong(life.start);
            buffer.putLong(life.first).putInt((int) (life.last - life.first));
        }
        return buffer.array();
    }

    /**
     * @throws IllegalArgumentException if these are not bytes of {@link #toBytes()}
     */
    public static RestartHistory ofBytes(byte[] bytes) {
        RestartHistory history = new RestartHistory();
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            if (buffer.get() != FORMAT) {
                throw new IllegalArgumentException(
                        "format: " + bytes[0] + " (expected: " + FORMAT + ")");
            }
            int count = buffer.get();
            history.newestSecond = buffer.getLong();
            for (; count > 0; count--) {
                int pid = buffer.getInt();
                int version = buffer.getInt();
                long start = buffer.getLong();
                long first = buffer.getLong();
                history.lives.add(new Life(pid, version, start, first, first + buffer.getInt()));
            }
        } catch (java.nio.BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "length: " + bytes.length + " (expected: all bytes of a history)", e);
        }
        return history;
    }
}
