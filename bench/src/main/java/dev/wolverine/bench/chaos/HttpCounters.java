package dev.wolverine.bench.chaos;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the clients over HTTP have done. Thread-safe. */
final class HttpCounters {
    final LongAdder attempts = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder unknown = new LongAdder();

    /** Beats that clients erased themselves, as the stock client does when a drain ends. */
    final LongAdder erased = new LongAdder();

    /** Beats that full queues dropped. */
    final LongAdder forgotten = new LongAdder();

    final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong newestStart = new AtomicLong(Long.MIN_VALUE);

    /** An acknowledgement of a request that was begun at this nanosecond. */
    void acknowledged(long startedAt) {
        acknowledged.increment();
        newestStart.accumulateAndGet(startedAt, Math::max);
    }

    /** Whether a request begun after this nanosecond has been acknowledged. */
    boolean acknowledgedSince(long nanos) {
        return newestStart.get() > nanos;
    }
}
