package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets a bounded number of instances send their offline queues at a time, so that live beats have
 * the rest of the platform to themselves.
 *
 * <p>The stock client sends a live beat (with `X-Instance-Id`) and, once that is stored, its queue
 * from the oldest on, without the header. A beat is thus a replay when it has no header and is
 * older than the newest that came live. Thread-safe; the lock is held for moments.
 */
final class DrainLeases {

    private final IngestConfig.Drain config;
    private final LongSupplier nanoTime;
    private final Cache<Identity, AtomicLong> newestLive;

    /** When each instance that drains sent its last replay; guarded by itself. */
    private final Map<Identity, Long> lastReplay = new HashMap<>();

    /**
     * @param maxInstances whose newest live beat is remembered; of others all beats count as live
     */
    DrainLeases(
            IngestConfig.Drain config,
            int maxInstances,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.config = config;
        this.nanoTime = nanoTime;
        newestLive =
                Caffeine.newBuilder()
                        .maximumSize(maxInstances)
                        .expireAfterAccess(Duration.ofHours(1))
                        .ticker(nanoTime::getAsLong)
                        .build();
        Gauge.builder("wolverine.intake.drains", this, DrainLeases::inUse).register(meters);
    }

    /**
     * Whether a beat may come in now: each live one may.
     *
     * @param hasHeader whether `X-Instance-Id` came with it
     */
    boolean admits(Identity identity, Instant timestamp, boolean hasHeader) {
        long millis = timestamp.toEpochMilli();
        AtomicLong newest = newestLive.get(identity, _ -> new AtomicLong(Long.MIN_VALUE));
        if (hasHeader || millis >= newest.get()) {
            newest.accumulateAndGet(millis, Math::max);
            return true;
        }
        return renew(identity);
    }

    private boolean renew(Identity identity) {
        long now = nanoTime.getAsLong();
        synchronized (lastReplay) {
            if (!lastReplay.containsKey(identity)) {
                endSilent(now);
                if (lastReplay.size() >= config.maxInstances()) {
                    return false;
                }
            }
            lastReplay.put(identity, now);
            return true;
        }
    }

    private int inUse() {
        synchronized (lastReplay) {
            endSilent(nanoTime.getAsLong());
            return lastReplay.size();
        }
    }

    private void endSilent(long now) {
        lastReplay.values().removeIf(last -> now - last > config.lease().toNanos());
    }
}
