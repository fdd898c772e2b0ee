package dev.wolverine.query;

import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.CommitRow;
import dev.wolverine.db.model.LatestBeat;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectServerMarks;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectStatusBegins;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link FleetIndex} true: fills it from the database, then follows the commits with a
 * cursor. What this process itself committed is handed over, and only taken in when its turn among
 * the commits has come; the rest is read.
 *
 * <p>One thread. {@link #wake()} only makes it look sooner: whatever signal is lost, it looks every
 * half second. While the database is away the index keeps what it has, ages it by the clock, and
 * catches up afterwards.
 */
public final class FleetFollower implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FleetFollower.class);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final int STATES_AT_ONCE = 5_000;

    private final FleetIndex index;
    private final SelectCommits commits;
    private final SelectServerStates states;
    private final SelectServerMarks marks;
    private final SelectStatusBegins begins;
    private final OwnCommits own = new OwnCommits();
    private final Semaphore signal = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean filled;
    private volatile long lastRead = System.nanoTime();

    public FleetFollower(
            FleetIndex index,
            SelectCommits commits,
            SelectServerStates states,
            SelectServerMarks marks,
            SelectStatusBegins begins,
            MeterRegistry meters) {
        this.index = index;
        this.commits = commits;
        this.states = states;
        this.marks = marks;
        this.begins = begins;
        thread = Thread.ofPlatform().daemon().name("fleet-follower").unstarted(this::run);
        Gauge.builder(
                        "wolverine.fleet.cursor.age.seconds",
                        this,
                        follower -> follower.age().toNanos() / 1e9)
                .register(meters);
    }

    public void start() {
        thread.start();
    }

    /** This process committed a batch. Returns at once. */
    public void committed(CommittedBatch batch) {
        own.add(batch);
        wake();
    }

    /** Something was committed. */
    public void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    /** Whether the index holds the fleet. */
    public boolean isFilled() {
        return filled;
    }

    /** Since when nothing could be read. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - lastRead);
    }

    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long cursor = 0;
        long swept = System.nanoTime();
        boolean away = false;
        while (!closed) {
            try {
                if (!filled) {
                    cursor = commits.end();
                    fill();
                    filled = true;
                }
                cursor = follow(cursor);
                lastRead = System.nanoTime();
                if (away) {
                    log.info("following commits again");
                    away = false;
                }
            } catch (StorageException e) {
                if (!away && !closed) {
                    log.warn("commits cannot be followed: {}", e.getMessage());
                    away = true;
                }
            } catch (RuntimeException e) {
                log.error("a change of the fleet could not be taken in: filling the index anew", e);
                filled = false;
            }
            if (System.nanoTime() - swept > SWEEP.toNanos()) {
                index.sweep();
                swept = System.nanoTime();
            }
            pause();
        }
    }

    private void fill() {
        List<ServerState> loaded = new ArrayList<>();
        states.all(loaded::add);
        index.apply(loaded, marks.all(), begins.all());
    }

    private long follow(long from) {
        long cursor = from;
        while (!closed) {
            SelectCommits.Page page = commits.after(cursor);
            takeIn(page.commits());
            own.dropBefore(page.cursor());
            cursor = page.cursor();
            if (page.commits().isEmpty()) {
                return cursor;
            }
        }
        return cursor;
    }

    private void takeIn(List<CommitRow> rows) {
        Map<Integer, LatestBeat> known = new HashMap<>();
        Set<Integer> toRead = new TreeSet<>();
        for (CommitRow row : rows) {
            own.take(row.transaction())
                    .ifPresentOrElse(
                            beats ->
                                    beats.forEach(beat ->
                                            known.merge(beat.serverId(), beat, LatestBeat::and)),
                            () -> toRead.addAll(row.serverIds()));
        }
        known.keySet().removeAll(toRead);
        for (LatestBeat beat : index.applyBeats(known.values())) {
            toRead.add(beat.serverId());
        }
        load(List.copyOf(toRead));
    }

    private void load(List<Integer> serverIds) {
        for (int start = 0; start < serverIds.size(); start += STATES_AT_ONCE) {
            List<Integer> some =
                    serverIds.subList(start, Math.min(start + STATES_AT_ONCE, serverIds.size()));
            List<ServerState> loaded = new ArrayList<>();
            states.of(some, loaded::add);
            index.apply(loaded, marks.of(some));
        }
    }

    private void pause() {
        try {
            if (signal.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                signal.drainPermits();
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }
}
