package dev.wolverine.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends beats at a rate of its own, whatever the platform does. */
public final class Pacer implements Runnable {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Load load;
    private final int perSecond;
    private volatile boolean stopped;
    private volatile long unsent;

    public Pacer(Load load, int perSecond) {
        this.load = load;
        this.perSecond = perSecond;
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        long step = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long sent = 0;
        long dropped = 0;
        while (!stopped) {
            long due = (System.nanoTime() - start) / step;
            for (; sent < due; sent++) {
                if (!load.send(start + sent * step)) {
                    dropped++;
                }
            }
            unsent = dropped;
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    public void stop() {
        stopped = true;
    }

    /** Beats for which there was no room. */
    public long unsent() {
        return unsent;
    }
}
