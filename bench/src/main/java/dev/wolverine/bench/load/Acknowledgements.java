package dev.wolverine.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What the platform answered, and how soon. Thread-safe. */
public final class Acknowledgements {
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final LongAdder acknowledged = new LongAdder();
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
    private final Recorder latencies = new Recorder(LONGEST_MICROS, 3);

    /** A beat is durable. */
    void acknowledged(long sinceNanos, long now) {
        acknowledged.increment();
        latencies.recordValue(
                Math.clamp(TimeUnit.NANOSECONDS.toMicros(now - sinceNanos), 0, LONGEST_MICROS));
    }

    /** A beat is not, or its connection broke. */
    void refused(String reason) {
        refused.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    /** What was refused until now does not count: that was warming up. */
    public void forget() {
        refused.clear();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    /** By reason. */
    public Map<String, Long> refused() {
        Map<String, Long> sums = new TreeMap<>();
        refused.forEach((reason, count) -> sums.put(reason, count.sum()));
        return sums;
    }

    /** Latencies since the last call, microseconds. */
    public Histogram takeLatencies() {
        return latencies.getIntervalHistogram();
    }
}
