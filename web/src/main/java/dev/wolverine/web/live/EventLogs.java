package dev.wolverine.web.live;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.db.postgres.LiveEventStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every organisation's {@link EventLog} true by following an {@link EventFeed}.
 *
 * <p>One thread, which looks four times a second. While the feed is away the logs stay as they are,
 * and catch up afterwards.
 */
final class EventLogs {

    private static final Logger log = LoggerFactory.getLogger(EventLogs.class);

    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration TIDY = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofMinutes(5);

    private final EventFeed feed;
    private final Map<UUID, EventLog> logs = new ConcurrentHashMap<>();
    private final Counter read;
    private final Thread thread;
    private volatile String epoch = "";
    private volatile boolean closed;
    private long cursor;
    private boolean away;

    EventLogs(EventFeed feed, MeterRegistry registry) {
        this.feed = feed;
        read =
                Counter.builder("wolverine.live.events")
                        .description("Alerts, repairs and audit entries that can be shown.")
                        .register(registry);
        thread = Thread.ofPlatform().daemon().name("live-events").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** In which the numbers of all logs mean the same; empty before the first were read. */
    String epoch() {
        return epoch;
    }

    EventLog of(UUID organisationId) {
        return logs.computeIfAbsent(organisationId, _ -> new EventLog(epoch, 0));
    }

    /** Ends the following; does not wait for it. */
    void stop() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long tidied = System.nanoTime();
        while (!closed) {
            try {
                if (epoch.isEmpty()) {
                    begin(feed.start());
                }
                follow();
                long now = System.nanoTime();
                if (now - tidied > TIDY.toNanos()) {
                    tidied = now;
                    tidy(now);
                }
                if (away) {
                    log.info("following events again");
                    away = false;
                }
            } catch (StorageException e) {
                if (!away && !closed) {
                    log.warn("events cannot be followed: {}", e.getMessage());
                    away = true;
                }
            } catch (RuntimeException e) {
                log.error("an event could not be taken in: reading them anew", e);
                epoch = "";
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void begin(LiveEventStore.Start start) {
        logs.forEach((organisation, known) ->
                known.begin(start.epoch(), start.heads().getOrDefault(organisation, 0L)));
        // Those first, so that a log made meanwhile by a reader is one of this epoch.
        epoch = start.epoch();
        start.heads()
                .forEach((organisation, head) -> {
                    EventLog known = of(organisation);
                    known.begin(start.epoch(), head - kept(start, organisation));
                });
        cursor = 0;
        take(start.events());
    }

    private static long kept(LiveEventStore.Start start, UUID organisation) {
        long head = start.heads().getOrDefault(organisation, 0L);
        return start.events().stream()
                .filter(event -> event.organisationId().equals(organisation))
                .filter(event -> event.sequence() <= head)
                .count();
    }

    private void follow() {
        List<LiveEvent> events = feed.after(cursor);
        while (!events.isEmpty() && !closed) {
            take(events);
            events = feed.after(cursor);
        }
    }

    private void take(List<LiveEvent> events) {
        long now = System.nanoTime();
        for (LiveEvent event : events) {
            of(event.organisationId()).add(event, now);
            cursor = event.id();
            read.increment();
        }
    }

    private void tidy(long now) {
        feed.tidy();
        logs.values().forEach(each -> each.expire(now - KEPT.toNanos()));
        if (!feed.epoch().equals(epoch)) {
            log.warn("events are numbered anew");
            epoch = "";
        }
    }
}
