package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast an instance, and all of an organisation, may send.
 *
 * <p>Thread-safe, never blocks. A bucket is forgotten when it has been full for a while, which
 * loses nothing; beyond the bound the least used is forgotten earlier, and begins full again.
 */
final class RateLimits {

    private final IngestConfig.Rate config;
    private final LongSupplier nanoTime;
    private final Cache<Identity, TokenBucket> instances;
    private final Cache<UUID, TokenBucket> organisations;

    RateLimits(
            IngestConfig.Rate config,
            int maxInstances,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.config = config;
        this.nanoTime = nanoTime;
        instances =
                buckets(
                        maxInstances,
                        config.instanceBurst() / config.instancePerSecond(),
                        nanoTime);
        organisations =
                buckets(
                        maxInstances,
                        config.organisationBurst() / config.organisationPerSecond(),
                        nanoTime);
        Gauge.builder("wolverine.intake.rate.instances", instances, Cache::estimatedSize)
                .register(meters);
        Gauge.builder("wolverine.intake.rate.organisations", organisations, Cache::estimatedSize)
                .register(meters);
    }

    /**
     * Takes a token of the instance and one of its organisation, or none: zero, or how long to
     * wait. What names no instance (the empty id) needs one of the organisation alone.
     */
    Duration take(Identity identity) {
        long now = nanoTime.getAsLong();
        boolean named = !identity.instanceId().isEmpty();
        if (named) {
            long wait = instance(identity, now).take(now);
            if (wait > 0) {
                return Duration.ofNanos(wait);
            }
        }
        long wait = organisation(identity.organisationId(), now).take(now);
        if (wait > 0 && named) {
            instance(identity, now).giveBack();
        }
        return Duration.ofNanos(wait);
    }

    /** Undoes {@link #take} for a beat that added nothing. */
    void giveBack(Identity identity) {
        long now = nanoTime.getAsLong();
        organisation(identity.organisationId(), now).giveBack();
        if (!identity.instanceId().isEmpty()) {
            instance(identity, now).giveBack();
        }
    }

    private TokenBucket instance(Identity identity, long now) {
        return instances.get(
                identity, _ -> bucket(config.instancePerSecond(), config.instanceBurst(), now));
    }

    private TokenBucket organisation(UUID id, long now) {
        return organisations.get(
                id, _ -> bucket(config.organisationPerSecond(), config.organisationBurst(), now));
    }

    private static TokenBucket bucket(int perSecond, int burst, long now) {
        return new TokenBucket(TimeUnit.SECONDS.toNanos(1) / perSecond, burst, now);
    }

    private static <K> Cache<K, TokenBucket> buckets(
            int maximum, int secondsToFull, LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(maximum)
                .expireAfterAccess(Duration.ofSeconds(secondsToFull + 1L))
                .ticker(nanoTime::getAsLong)
                .build();
    }
}
