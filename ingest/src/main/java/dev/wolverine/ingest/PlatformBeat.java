package dev.wolverine.ingest;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.UpdatePlatformAlive;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The platform's own heartbeat: while a process takes heartbeats and the database stores them, it
 * says so every five seconds. What is missing here is our outage, not that of a server.
 *
 * <p>A thread of its own: nothing else that takes long may look like an outage. A failure is itself
 * what is to be recorded, by the first beat that succeeds.
 */
public final class PlatformBeat implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PlatformBeat.class);

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final UpdatePlatformAlive alive;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("platform-beat").factory());

    public PlatformBeat(UpdatePlatformAlive alive) {
        this.alive = alive;
    }

    /** Beats at once, and from now on. */
    public void start() {
        timer.scheduleWithFixedDelay(this::beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void beat() {
        try {
            if (alive.execute()) {
                log.info("the platform was away: its silence counts against no server");
            }
        } catch (StorageException e) {
            log.debug("the platform's beat was not stored: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("the platform's beat failed", e);
        }
    }
}
