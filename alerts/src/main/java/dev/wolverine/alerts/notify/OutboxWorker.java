package dev.wolverine.alerts.notify;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.model.DeliveryTry;
import dev.wolverine.db.model.OutboxClaim;
import dev.wolverine.db.model.OutboxEntry;
import dev.wolverine.db.postgres.ClaimOutbox;
import dev.wolverine.db.postgres.FinishOutbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what waits in the outbox, each message at least once.
 *
 * <p>Several may run, in one process or many: a channel is one worker's at a time. Whoever writes
 * to the outbox may {@link #wake} it; it looks by itself every quarter of a second. A process that
 * dies while it delivers leaves a lease that ends, and the message goes out again with the same id.
 */
public final class OutboxWorker implements AutoCloseable {

    /** Longer than any try takes: then another worker may have the channel. */
    public static final Duration LEASE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(OutboxWorker.class);

    private static final long LOOK_MILLIS = 250;
    private static final long STORAGE_AWAY_MILLIS = 1_000;
    private static final long CLOSE_SECONDS = 5;

    private final ClaimOutbox claims;
    private final FinishOutbox finishes;
    private final Deliveries deliveries;
    private final RetrySchedule schedule;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Semaphore permits;
    private final Semaphore news = new Semaphore(0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop = Thread.ofPlatform().daemon().name("outbox").unstarted(this::run);
    private volatile boolean closing;
    private boolean storageAway;

    /**
     * @param channels that are delivered to at a time
     */
    public OutboxWorker(
            ClaimOutbox claims,
            FinishOutbox finishes,
            Deliveries deliveries,
            RetrySchedule schedule,
            int channels,
            Clock clock,
            MeterRegistry registry) {
        this.claims = claims;
        this.finishes = finishes;
        this.deliveries = deliveries;
        this.schedule = schedule;
        this.clock = clock;
        this.registry = registry;
        this.permits = new Semaphore(channels);
    }

    public void start() {
        loop.start();
    }

    /** Something may have become due. Never blocks. */
    public void wake() {
        news.release();
    }

    /** Takes nothing new, and gives what is under way five seconds. */
    @Override
    public void close() {
        closing = true;
        wake();
        try {
            if (loop.isAlive()) {
                loop.join(Duration.ofSeconds(CLOSE_SECONDS));
            }
            threads.shutdown();
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                permits.acquire();
                Optional<OutboxClaim> claim = claim();
                if (claim.isPresent()) {
                    threads.execute(() -> workAndWake(claim.get()));
                } else {
                    permits.release();
                    var unused =
                            news.tryAcquire(
                                    storageAway ? STORAGE_AWAY_MILLIS : LOOK_MILLIS,
                                    TimeUnit.MILLISECONDS);
                    news.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<OutboxClaim> claim() {
        try {
            Optional<OutboxClaim> claim = claims.execute(clock.instant());
            if (storageAway) {
                storageAway = false;
                log.info("the outbox can be read again");
            }
            return claim;
        } catch (StorageException e) {
            if (!storageAway) {
                storageAway = true;
                log.warn("the outbox cannot be read, messages wait: {}", e.getMessage());
            }
        } catch (RuntimeException e) {
            log.error("the outbox could not be read", e);
        }
        return Optional.empty();
    }

    /** Delivers what was taken, and stores what became of it. */
    void work(OutboxClaim claim) {
        try {
            deliver(claim);
        } catch (StorageException e) {
            // The lease ends, and the message goes out again.
            log.warn(
                    "channel {}: what became of a message could not be stored: {}",
                    claim.channel().id(),
                    e.getMessage());
        } catch (RuntimeException e) {
            log.error("channel {}: a message could not be delivered", claim.channel().id(), e);
        }
    }

    private void workAndWake(OutboxClaim claim) {
        try {
            work(claim);
        } finally {
            permits.release();
            wake();
        }
    }

    private void deliver(OutboxClaim claim) {
        Instant at = clock.instant();
        long begun = System.nanoTime();
        Outcome outcome = outcome(claim);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        int attempts =
                1 + claim.entries().stream().mapToInt(OutboxEntry::attempts).max().orElseThrow();
        switch (outcome) {
            case Outcome.Delivered delivered ->
                    finishes.delivered(
                            claim,
                            tried(at, took, DeliveryTry.Outcome.DELIVERED, outcome, "delivered"),
                            delivered.reference());
            case Outcome.Retry retry -> retry(claim, retry, at, took, attempts);
            case Outcome.Failed failed ->
                    finishes.dead(
                            claim,
                            tried(at, took, DeliveryTry.Outcome.FAILED, outcome, failed.reason()));
            case Outcome.Disable disable -> {
                log.warn("channel {} is disabled: {}", claim.channel().id(), disable.reason());
                finishes.disabled(
                        claim,
                        tried(at, took, DeliveryTry.Outcome.FAILED, outcome, disable.reason()));
            }
        }
        count(claim.channel().kind(), outcome);
    }

    private Outcome outcome(OutboxClaim claim) {
        try {
            return deliveries.deliver(claim);
        } catch (RuntimeException e) {
            // A bug must not hold the channel up for ever: it gives up like everything else.
            log.error("channel {}: a try failed in an unforeseen way", claim.channel().id(), e);
            return Outcome.retry("the platform failed; it is in its log");
        }
    }

    private void retry(
            OutboxClaim claim, Outcome.Retry retry, Instant at, Duration took, int attempts) {
        Optional<Duration> delay = schedule.after(attempts);
        if (delay.isEmpty()) {
            finishes.dead(
                    claim,
                    tried(
                            at,
                            took,
                            DeliveryTry.Outcome.FAILED,
                            retry,
                            retry.reason() + "; given up after " + attempts + " tries"));
            return;
        }
        Instant now = clock.instant();
        finishes.retry(
                claim,
                tried(at, took, DeliveryTry.Outcome.RETRY, retry, retry.reason()),
                now.plus(retry.after().orElse(delay.get())),
                retry.after().map(now::plus).orElse(null));
    }

    private static DeliveryTry tried(
            Instant at, Duration took, DeliveryTry.Outcome result, Outcome outcome, String detail) {
        return new DeliveryTry(at, took, result, outcome.status().orElse(null), detail);
    }

    private void count(ChannelKind kind, Outcome outcome) {
        String result = outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        registry.counter("wolverine.notify.tries", "kind", kind.label(), "outcome", result)
                .increment();
    }

    /** Delivers what was taken. */
    @FunctionalInterface
    public interface Deliveries {
        Outcome deliver(OutboxClaim claim);
    }
}
