package dev.wolverine.query.analytics;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.FleetUsageStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the usage of whole organisations true, some seconds behind the commits.
 *
 * <p>One thread, which rests twice as long as it worked. What it did is known to the database only:
 * after a crash, or beside another process that does the same, it goes on from there.
 */
public final class FleetUsageRollup implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FleetUsageRollup.class);

    private static final Duration POLL = Duration.ofSeconds(5);

    /** Commits are kept for an hour: after a longer absence some may be gone. */
    private static final Duration COMMITS_ARE_SURE = Duration.ofMinutes(50);

    private static final Duration BETWEEN_DELETIONS = Duration.ofHours(1);

    private static final int REST = 2;
    private static final int BATCH = 20;

    private final FleetUsageStore store;
    private final Duration retention;
    private final Clock clock;
    private final Counter recomputed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile Instant upToDate;
    private @Nullable Instant deletedAt;

    /**
     * @param retention for how long the sums are kept
     */
    public FleetUsageRollup(
            FleetUsageStore store, Duration retention, Clock clock, MeterRegistry meters) {
        this.store = store;
        this.retention = retention;
        this.clock = clock;
        upToDate = clock.instant();
        recomputed =
                Counter.builder("wolverine.fleet.usage.recomputed")
                        .description("Quarters of an hour of organisations that were added up")
                        .register(meters);
        Gauge.builder("wolverine.fleet.usage.lag.seconds", this, FleetUsageRollup::lagSeconds)
                .description("How far the usage of fleets is behind what is stored of servers")
                .register(meters);
        thread = Thread.ofPlatform().daemon().name("fleet-usage-rollup").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Adds up everything that is to be added up now. */
    public void catchUp() {
        Instant began = clock.instant();
        Optional<Instant> followedAt = store.followedAt();
        if (followedAt.isEmpty()
                || Duration.between(followedAt.get(), began).compareTo(COMMITS_ARE_SURE) > 0) {
            log.info("adding up all usage of fleets anew: commits may be gone");
            store.restart(began);
        }
        boolean atEnd = false;
        int done = BATCH;
        while (isOpen() && (!atEnd || done == BATCH)) {
            long start = System.nanoTime();
            atEnd = store.follow(clock.instant());
            done = store.recompute(BATCH);
            recomputed.increment(done);
            pause(Duration.ofNanos(REST * (System.nanoTime() - start)));
        }
        if (isOpen()) {
            upToDate = began;
            deleteOld(began);
        }
    }

    /** Looks at every organisation, and is in no hurry. */
    private void deleteOld(Instant now) {
        if (deletedAt == null
                || Duration.between(deletedAt, now).compareTo(BETWEEN_DELETIONS) > 0) {
            store.deleteBefore(now.minus(retention));
            deletedAt = now;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean away = false;
        while (isOpen()) {
            try {
                catchUp();
                away = false;
            } catch (StorageException e) {
                if (!away && isOpen()) {
                    log.warn("the usage of fleets is added up later: {}", e.getMessage());
                }
                away = true;
            } catch (RuntimeException e) {
                log.error("the usage of fleets could not be added up", e);
            }
            pause(POLL);
        }
    }

    private double lagSeconds() {
        return Math.max(0, Duration.between(upToDate, clock.instant()).toMillis() / 1e3);
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void pause(Duration duration) {
        try {
            if (closed.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            closed.countDown();
            Thread.currentThread().interrupt();
        }
    }
}
