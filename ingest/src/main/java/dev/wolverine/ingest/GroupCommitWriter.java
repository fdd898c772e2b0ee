package dev.wolverine.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.ingest.HeartbeatLog.Outcome.Durable;
import dev.wolverine.ingest.HeartbeatLog.Outcome.Refused;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: whatever gathered while the last transaction ran goes into the next, so that the
 * cost of a beat falls as the load rises.
 *
 * <p>Each lane has a thread, a bounded queue and a {@link HeartbeatStore}; an instance always takes
 * the same lane, which keeps its beats in order and its rows free of other writers' locks. Where
 * the storage refuses the data of a batch, the batch is halved until the offender is alone, and
 * goes to quarantine; for ten minutes it is then written alone. Where the storage is away, entries
 * wait for {@link IngestConfig.Queue#maxWait()}, two thirds of it at most in the queue, and are
 * then refused with a hint when to come back; the lane goes on trying, and needs nobody to heal.
 */
public final class GroupCommitWriter implements HeartbeatLog, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommitWriter.class);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long EXPIRY_MILLIS = 50;
    private static final int MAX_SUSPECTS = 10_000;
    private static final Duration SUSPECTED_FOR = Duration.ofMinutes(10);

    private final IngestConfig config;
    private final List<CommitListener> listeners;
    private final RandomGenerator random;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final List<Lane> lanes = new ArrayList<>();
    private final Thread expiry;
    private final Timer commits;
    private final DistributionSummary batchRows;
    private final Counter stored;
    private final Counter expired;
    private final Counter offenders;
    private final Counter halved;
    private final Counter conflictsDropped;
    private volatile boolean closed;

    /**
     * Starts its threads.
     *
     * @param stores makes one store a lane
     * @param listeners called after each commit
     */
    public GroupCommitWriter(
            IngestConfig config,
            Supplier<HeartbeatStore> stores,
            List<CommitListener> listeners,
            RandomGenerator random,
            MeterRegistry meters) {
        this.config = config;
        this.listeners = List.copyOf(listeners);
        this.random = random;
        commits =
                Timer.builder("wolverine.writer.commit")
                        .publishPercentiles(0.5, 0.99)
                        .register(meters);
        batchRows =
                DistributionSummary.builder("wolverine.writer.batch.rows")
                        .publishPercentiles(0.5, 0.99)
                        .register(meters);
        stored = meters.counter("wolverine.writer.heartbeats.stored");
        expired = meters.counter("wolverine.writer.entries.expired");
        offenders = meters.counter("wolverine.writer.entries.isolated");
        conflictsDropped = meters.counter("wolverine.writer.conflicts.dropped");
        halved = meters.counter("wolverine.writer.batches.halved");
        Gauge.builder("wolverine.writer.queue.bytes", queuedBytes, AtomicLong::get)
                .register(meters);
        for (int i = 0; i < config.writers(); i++) {
            Lane lane = new Lane(i, stores.get());
            lanes.add(lane);
            Gauge.builder("wolverine.writer.queue.entries", lane.queue, BlockingQueue::size)
                    .tag("lane", Integer.toString(i))
                    .register(meters);
        }
        expiry = Thread.ofPlatform().daemon().name("writer-expiry").unstarted(this::expire);
        lanes.forEach(lane -> lane.thread.start());
        expiry.start();
    }

    @Override
    public CompletionStage<Outcome> append(LogEntry entry) {
        Pending pending = new Pending(entry, System.nanoTime());
        int bytes = entry.sizeInMemory();
        if (queuedBytes.addAndGet(bytes) > config.queue().maxBytes() || closed) {
            queuedBytes.addAndGet(-bytes);
            pending.complete(refusal(IntakeResult.Cause.OVERLOADED));
            return pending.outcome;
        }
        Lane lane = lanes.get(Math.floorMod(entry.identity().hashCode(), lanes.size()));
        if (!lane.queue.offer(pending)) {
            queuedBytes.addAndGet(-bytes);
            pending.complete(
                    refusal(
                            lane.storageAway
                                    ? IntakeResult.Cause.STORAGE_UNAVAILABLE
                                    : IntakeResult.Cause.OVERLOADED));
        }
        return pending.outcome;
    }

    /**
     * Commits what is queued, for as long as an entry may wait, then refuses the rest and stops.
     */
    @Override
    public void close() {
        closed = true;
        for (Lane lane : lanes) {
            join(lane.thread, config.queue().maxWait().plusSeconds(1));
        }
        join(expiry, Duration.ofSeconds(1));
        for (Lane lane : lanes) {
            lane.refuseAll();
        }
    }

    private static void join(Thread thread, Duration wait) {
        try {
            thread.join(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void expire() {
        while (!closed || lanes.stream().anyMatch(lane -> lane.thread.isAlive())) {
            long now = System.nanoTime();
            for (Lane lane : lanes) {
                lane.expire(now);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(EXPIRY_MILLIS));
        }
    }

    /** Between 30 and 90 seconds, so that a fleet does not come back in one moment. */
    private Refused refusal(IntakeResult.Cause cause) {
        return new Refused(cause, Duration.ofSeconds(30 + random.nextInt(61)));
    }

    /** An entry that waits for its outcome. */
    private static final class Pending {
        private final LogEntry entry;
        private final long since;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

        Pending(LogEntry entry, long since) {
            this.entry = entry;
            this.since = since;
        }

        boolean complete(Outcome result) {
            return outcome.complete(result);
        }
    }

    /** One queue, one thread, one store. */
    private final class Lane {
        private final BlockingQueue<Pending> queue =
                new ArrayBlockingQueue<>(config.queue().maxEntries());
        private final HeartbeatStore store;
        private final Thread thread;
        private final Cache<Identity, Boolean> suspects =
                Caffeine.newBuilder()
                        .maximumSize(MAX_SUSPECTS)
                        .expireAfterWrite(SUSPECTED_FOR)
                        .build();
        private volatile List<Pending> inFlight = List.of();
        private volatile long writingSince;
        private volatile boolean storageAway;

        Lane(int number, HeartbeatStore store) {
            this.store = store;
            thread = Thread.ofPlatform().daemon().name("writer-" + number).unstarted(this::run);
        }

        private void run() {
            try (store) {
                while (!closed || !queue.isEmpty()) {
                    List<Pending> batch = take();
                    if (!batch.isEmpty()) {
                        writingSince = System.nanoTime();
                        inFlight = batch;
                        writeApart(batch);
                        inFlight = List.of();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private List<Pending> take() throws InterruptedException {
            Pending first = queue.poll(100, TimeUnit.MILLISECONDS);
            if (first == null) {
                return List.of();
            }
            List<Pending> batch = new ArrayList<>();
            batch.add(first);
            queue.drainTo(batch, config.batch().maxRows() - 1);
            long bytes = 0;
            for (Pending pending : batch) {
                bytes += pending.entry.sizeInMemory();
            }
            queuedBytes.addAndGet(-bytes);
            return batch;
        }

        /** Whoever spoiled a batch a while ago goes alone, and cannot spoil the next one too. */
        private void writeApart(List<Pending> batch) throws InterruptedException {
            if (suspects.estimatedSize() == 0) {
                write(batch);
                return;
            }
            List<Pending> together = new ArrayList<>(batch.size());
            List<Pending> alone = new ArrayList<>();
            for (Pending pending : batch) {
                boolean suspect = suspects.getIfPresent(pending.entry.identity()) != null;
                (suspect ? alone : together).add(pending);
            }
            write(together);
            for (Pending pending : alone) {
                write(List.of(pending));
            }
        }

        /** Ends when every entry of the batch has its outcome. */
        private void write(List<Pending> batch) throws InterruptedException {
            List<Pending> waiting = batch;
            while (!waiting.isEmpty()) {
                try {
                    commit(waiting);
                    return;
                } catch (StorageException.Unavailable e) {
                    away(e);
                    TimeUnit.NANOSECONDS.sleep(RETRY_NANOS);
                } catch (RuntimeException e) {
                    isolate(waiting, e);
                    return;
                }
                waiting = waiting.stream().filter(pending -> !pending.outcome.isDone()).toList();
            }
        }

        private void commit(List<Pending> batch) {
            long start = System.nanoTime();
            CommittedBatch committed =
                    store.write(batch.stream().map(pending -> pending.entry).toList());
            commits.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            batchRows.record(batch.size());
            stored.increment(committed.heartbeats());
            conflictsDropped.increment(committed.conflictsDropped());
            if (storageAway) {
                storageAway = false;
                log.info("storage is back");
            }
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).complete(new Durable(committed.results().get(i)));
            }
            for (CommitListener listener : listeners) {
                listener.committed(committed);
            }
        }

        /** Halves a batch whose data was refused, until the offender is alone. */
        private void isolate(List<Pending> batch, RuntimeException cause)
                throws InterruptedException {
            if (batch.size() > 1) {
                halved.increment();
                int middle = batch.size() / 2;
                write(batch.subList(0, middle));
                write(batch.subList(middle, batch.size()));
                return;
            }
            Pending offender = batch.getFirst();
            offenders.increment();
            suspects.put(offender.entry.identity(), Boolean.TRUE);
            log.error("a heartbeat of {} cannot be stored", offender.entry.identity(), cause);
            if (offender.entry instanceof Heartbeat heartbeat) {
                Pending replacement = new Pending(unstorable(heartbeat, cause), offender.since);
                write(List.of(replacement));
                replacement.outcome.thenAccept(offender::complete);
            } else {
                offender.complete(refusal(IntakeResult.Cause.OVERLOADED));
            }
        }

        private void away(StorageException.Unavailable cause) {
            if (!storageAway) {
                storageAway = true;
                log.warn(
                        "storage is away: {}: {}",
                        cause.getMessage(),
                        String.valueOf(cause.getCause()));
            }
        }

        /**
         * A third of the wait is kept for the write: what is being written would be stored all the
         * same, and is refused only if that takes longer.
         */
        private void expire(long now) {
            long wait = config.queue().maxWait().toNanos();
            if (now - writingSince > wait / 3) {
                for (Pending pending : inFlight) {
                    if (now - pending.since > wait) {
                        refuse(pending);
                    }
                }
            }
            refuseQueuedBefore(now - wait * 2 / 3);
        }

        private void refuseQueuedBefore(long limit) {
            for (Pending head = queue.peek();
                    head != null && head.since - limit < 0;
                    head = queue.peek()) {
                if (queue.remove(head)) {
                    queuedBytes.addAndGet(-head.entry.sizeInMemory());
                    refuse(head);
                }
            }
        }

        private void refuseAll() {
            inFlight.forEach(this::refuse);
            refuseQueuedBefore(System.nanoTime() + 1);
        }

        private void refuse(Pending pending) {
            if (pending.complete(
                    refusal(
                            storageAway
                                    ? IntakeResult.Cause.STORAGE_UNAVAILABLE
                                    : IntakeResult.Cause.OVERLOADED))) {
                expired.increment();
            }
        }
    }

    private static QuarantinedBeat unstorable(Heartbeat heartbeat, RuntimeException cause) {
        return new QuarantinedBeat(
                heartbeat.identity(),
                heartbeat.receivedAt(),
                QuarantineReason.UNSTORABLE,
                "the storage refused it: " + cause.getMessage(),
                "application/x-wolverine-snapshot",
                Arrays.copyOf(heartbeat.snapshot(), heartbeat.snapshot().length));
    }
}
