package dev.wolverine.query;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.model.UptimeProgress;
import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.UptimeStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the hourly uptime true: counts each hour once it is over, and again the hours that late
 * beats touch.
 *
 * <p>One thread, which rests as long as it worked, so that it takes half a connection's time at
 * most. What it did is known to the database only: after a crash, or beside another process that
 * does the same, it goes on from there. Whatever is counted twice comes out the same.
 */
public final class UptimeRollup implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UptimeRollup.class);

    private static final Duration POLL = Duration.ofSeconds(30);

    /** Commits are kept for an hour: after a longer absence some may be gone. */
    private static final Duration COMMITS_ARE_SURE = Duration.ofMinutes(50);

    private final UptimeStore store;
    private final SelectReopened reopened;
    private final Duration retention;
    private final Clock clock;
    private final Counter counted;
    private final Counter recounted;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile Instant upToDate;

    /**
     * @param retention how far back beats are taken: hours from there on can be counted
     */
    public UptimeRollup(
            UptimeStore store,
            SelectReopened reopened,
            Duration retention,
            Clock clock,
            MeterRegistry meters) {
        this.store = store;
        this.reopened = reopened;
        this.retention = retention;
        this.clock = clock;
        upToDate = clock.instant();
        counted = hours(meters, "over");
        recounted = hours(meters, "reopened");
        Gauge.builder("wolverine.uptime.lag.seconds", this, rollup -> rollup.lag().toMillis() / 1e3)
                .description(
                        "Age of what the hourly uptime does not hold yet, beyond what is usual")
                .register(meters);
        thread = Thread.ofPlatform().daemon().name("uptime-rollup").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Since when there was something to count that is not counted. */
    public Duration lag() {
        Duration lag = Duration.between(upToDate, clock.instant());
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    /** Counts everything that can be counted now. */
    public void catchUp() {
        while (isOpen()) {
            long began = System.nanoTime();
            UptimeProgress progress = follow();
            Optional<UptimeStore.Counted> step = store.countNext(clock.instant());
            step.ifPresent(done -> counted.increment(done.servers()));
            upToDate = upToDate(step.map(UptimeStore.Counted::progress).orElse(progress));
            if (step.isEmpty()) {
                return;
            }
            restSince(began);
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
                    log.warn("uptime is counted later: {}", e.getMessage());
                }
                away = true;
            } catch (RuntimeException e) {
                log.error("uptime could not be counted", e);
            }
            pause(POLL);
        }
    }

    /** Looks at all commits that are finished, and counts anew what they reopen. */
    private UptimeProgress follow() {
        Instant now = clock.instant();
        UptimeProgress progress = store.progress(oldestHour(now), reopened.end(), now);
        if (Duration.between(progress.followedAt(), now).compareTo(COMMITS_ARE_SURE) > 0) {
            log.info(
                    "commits since {} may be gone: counting all hours anew", progress.followedAt());
            return store.follow(reopened.end(), now, Optional.of(oldestHour(now)));
        }
        while (isOpen()) {
            SelectReopened.Page page = reopened.after(progress.cursor());
            recount(page.late(), progress, now);
            progress =
                    store.follow(
                            page.cursor(),
                            page.atEnd() ? now : progress.followedAt(),
                            page.blindSince().map(since -> hour(since)));
            if (page.atEnd()) {
                return progress;
            }
        }
        return progress;
    }

    /**
     * A beat changes what the beat before it covers, and covers time itself: a grace on either side
     * of it. Rows that come out as they were are not written.
     */
    private void recount(Map<Integer, Instant> late, UptimeProgress progress, Instant now) {
        if (late.isEmpty()) {
            return;
        }
        TreeMap<Integer, Instant> firstHours = new TreeMap<>();
        Instant oldest = oldestHour(now);
        late.forEach((server, since) -> {
            Instant first = hour(since.minus(Uptime.GRACE));
            firstHours.put(server, first.isBefore(oldest) ? oldest : first);
        });
        Instant hour = Collections.min(firstHours.values());
        for (; isOpen() && !hour.isAfter(progress.nextHour()); hour = nextHour(hour)) {
            List<Integer> servers = new ArrayList<>();
            for (Map.Entry<Integer, Instant> first : firstHours.entrySet()) {
                if (!first.getValue().isAfter(hour) && progress.hasCounted(hour, first.getKey())) {
                    servers.add(first.getKey());
                }
            }
            recount(hour, servers);
        }
    }

    private void recount(Instant hour, List<Integer> servers) {
        for (int start = 0; start < servers.size() && isOpen(); start += UptimeStore.BATCH) {
            long began = System.nanoTime();
            int end = Math.min(start + UptimeStore.BATCH, servers.size());
            store.recount(hour, servers.subList(start, end), clock.instant());
            recounted.increment(end - start);
            restSince(began);
        }
    }

    /** The earlier of when the cursor was at the end, and when the next hour could be counted. */
    private static Instant upToDate(UptimeProgress progress) {
        Instant due = nextHour(progress.nextHour()).plus(UptimeStore.COUNTED_AFTER);
        return due.isBefore(progress.followedAt()) ? due : progress.followedAt();
    }

    private Instant oldestHour(Instant now) {
        return hour(now.minus(retention).minus(Uptime.GRACE));
    }

    private static Instant hour(Instant instant) {
        return instant.truncatedTo(ChronoUnit.HOURS);
    }

    private static Instant nextHour(Instant hour) {
        return hour.plus(1, ChronoUnit.HOURS);
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void restSince(long began) {
        pause(Duration.ofNanos(System.nanoTime() - began));
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

    private static Counter hours(MeterRegistry meters, String cause) {
        return Counter.builder("wolverine.uptime.hours.counted")
                .description("Hours of servers that were counted, or counted anew")
                .tag("cause", cause)
                .register(meters);
    }
}
