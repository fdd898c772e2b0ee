package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.postgres.SelectKeyChanges;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a key which ends anywhere ends here too: it is refused from then on, and what it
 * holds open is closed.
 *
 * <p>It hears of a change from the other processes within milliseconds, and asks the database every
 * five seconds, so that nothing is missed while the way between processes is broken. A change that
 * is told twice does nothing the second time.
 *
 * <p>Thread-safe. Only {@link #changedHere} waits for others, 300 ms at most.
 */
public final class KeyWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeyWatch.class);

    private static final Duration POLL = Duration.ofSeconds(5);

    /** A revocation carries the time at which its transaction began. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    /** Beyond it no stream and no cached key is older than its last proof. */
    private static final Duration LONGEST_LOOK_BACK = Duration.ofDays(1);

    private static final int MAX_SEEN = 100_000;

    private final KeyAuthenticator keys;
    private final SelectKeyChanges changes;
    private final Consumer<KeyChange> others;
    private final Cache<SelectKeyChanges.Dated, Boolean> seen =
            Caffeine.newBuilder()
                    .maximumSize(MAX_SEEN)
                    .expireAfterAccess(LONGEST_LOOK_BACK)
                    .build();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("key-watch").factory());
    private volatile List<KeyHolder> holders = List.of();
    private long lastPoll = System.nanoTime();

    /**
     * @param others tells the other processes
     */
    public KeyWatch(KeyAuthenticator keys, SelectKeyChanges changes, Consumer<KeyChange> others) {
        this.keys = keys;
        this.changes = changes;
        this.others = others;
    }

    /**
     * Begins to look for changes.
     *
     * @param holding what keys hold open here
     */
    public void start(List<KeyHolder> holding) {
        holders = List.copyOf(holding);
        timer.scheduleWithFixedDelay(
                this::poll, POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A change was made by this process: it takes effect here, and the others are told. */
    public void changedHere(KeyChange change) {
        heard(change);
        others.accept(change);
    }

    /** A change was made by another process. */
    public void heard(KeyChange change) {
        switch (change.kind()) {
            case ENDED -> {
                keys.end(change.keyId());
                holders.forEach(holder -> holder.keyEnded(change.keyId()));
            }
            case REBOUND -> {
                keys.forget(change.keyId());
                holders.forEach(holder -> holder.keyRebound(change.keyId()));
            }
        }
    }

    /** Something may have been missed: asks the database now. Returns at once. */
    public void catchUp() {
        timer.execute(this::poll);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void poll() {
        long now = System.nanoTime();
        Duration sinceLast = Duration.ofNanos(now - lastPoll).plus(OVERLAP);
        try {
            Duration lookBack =
                    sinceLast.compareTo(LONGEST_LOOK_BACK) < 0 ? sinceLast : LONGEST_LOOK_BACK;
            for (SelectKeyChanges.Dated dated : changes.within(lookBack)) {
                if (seen.asMap().putIfAbsent(dated, true) == null) {
                    heard(dated.change());
                }
            }
            lastPoll = now;
        } catch (StorageException e) {
            log.debug("keys that ended will be looked for again", e);
        } catch (RuntimeException e) {
            log.error("keys that ended could not be looked for", e);
        }
    }
}
