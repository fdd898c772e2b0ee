package dev.wolverine.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the {@link MemoryGate} now and then, on behalf of everybody who wants to come in.
 * Thread-safe; never blocks.
 */
final class MemoryWatch {

    private static final Logger log = LoggerFactory.getLogger(MemoryWatch.class);

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final MemoryGate gate;
    private final Supplier<HeapReading> heap;
    private final LongSupplier nanoTime;
    private final Counter refused;
    private final AtomicLong lastAsked;
    private volatile boolean closed;

    MemoryWatch(
            MemoryGate gate,
            Supplier<HeapReading> heap,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.gate = gate;
        this.heap = heap;
        this.nanoTime = nanoTime;
        lastAsked = new AtomicLong(nanoTime.getAsLong() - EVERY_NANOS);
        refused = meters.counter("wolverine.intake.memory.refused");
        Gauge.builder("wolverine.intake.memory.closed", this, watch -> watch.isClosed() ? 1 : 0)
                .register(meters);
    }

    /** Whether a beat has to stay outside; counts those that do. */
    boolean refuses() {
        boolean refuses = isClosed();
        if (refuses) {
            refused.increment();
        }
        return refuses;
    }

    private boolean isClosed() {
        long now = nanoTime.getAsLong();
        long last = lastAsked.get();
        if (now - last >= EVERY_NANOS && lastAsked.compareAndSet(last, now)) {
            ask(now);
        }
        return closed;
    }

    private synchronized void ask(long now) {
        HeapReading reading = heap.get();
        boolean wasClosed = closed;
        closed = gate.isClosed(reading, now);
        if (closed != wasClosed) {
            log.warn(
                    "memory gate {}: {} of {} MiB in use, {} after the last collection",
                    closed ? "closed" : "open",
                    reading.used() >> 20,
                    reading.max() >> 20,
                    reading.usedAfterCollection() >> 20);
        }
    }
}
