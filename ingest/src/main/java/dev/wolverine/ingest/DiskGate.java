package dev.wolverine.ingest;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Closes while the disk of our own database is nearly full: it stops with an error where nothing is
 * left, and can still answer questions as long as nobody writes. Opens when there is a quarter more
 * than the reserve, so that it does not flutter.
 *
 * <p>Looks at most five times a second, on behalf of whoever comes in. Thread-safe; never blocks.
 */
public final class DiskGate {

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Supplier<OptionalLong> free;
    private final long reserve;
    private final LongSupplier nanoTime;
    private final AtomicLong lastAsked;
    private volatile boolean closed;

    /**
     * @param free bytes on the disk; empty where it is not ours to look after: then it stays open
     * @param reserve bytes that are never given to heartbeats
     */
    public DiskGate(Supplier<OptionalLong> free, long reserve, LongSupplier nanoTime) {
        this.free = free;
        this.reserve = reserve;
        this.nanoTime = nanoTime;
        lastAsked = new AtomicLong(nanoTime.getAsLong() - EVERY_NANOS);
    }

    boolean isClosed() {
        long now = nanoTime.getAsLong();
        long last = lastAsked.get();
        if (now - last >= EVERY_NANOS && lastAsked.compareAndSet(last, now)) {
            long enough = closed ? reserve + reserve / 4 : reserve;
            closed = free.get().orElse(Long.MAX_VALUE) < enough;
        }
        return closed;
    }
}
