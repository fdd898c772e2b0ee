package dev.wolverine.bench.chaos;

import dev.wolverine.bench.chaos.StockRequest.Answer;
import dev.wolverine.bench.chaos.StockRequest.Failure;
import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.BeatKey;
import dev.wolverine.bench.ledger.LedgerWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One instance that behaves as the stock client does over HTTP, with its minute scaled to a second:
 * the live beat first, with five seconds of patience; what failed goes into a queue of 1,440; a
 * success drains the queue at once, oldest first, three seconds each, until the first that is not
 * taken. Drains overlap, and what was queued while one ran is erased when it ends.
 *
 * <p>Its beats are made by the one thread that ticks, each live beat and each drain runs in a
 * virtual thread of its own.
 */
final class StockClient implements Runnable {
    private static final Duration LIVE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(3);
    private static final int QUEUE_LIMIT = 1_440;

    private final SimulatedFleet fleet;
    private final SimulatedInstance instance;
    private final StockRequest request;
    private final LedgerWriter ledger;
    private final HttpCounters counters;

    /** Bounds requests under way, where the platform answers none. */
    private final Semaphore underWay = new Semaphore(16);

    private List<Beat> queue = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean givenUp;

    StockClient(
            SimulatedFleet fleet,
            int index,
            StockRequest request,
            LedgerWriter ledger,
            HttpCounters counters) {
        this.fleet = fleet;
        this.instance = fleet.instance(index);
        this.request = request;
        this.ledger = ledger;
        this.counters = counters;
    }

    /** A beat with the body that it keeps. */
    private record Beat(BeatKey key, byte[] body) {}

    /** Ends as soon as the queue is empty. */
    void stop() {
        stopping = true;
    }

    /** Ends at the next beat, whatever is in the queue. */
    void giveUp() {
        givenUp = true;
    }

    @Override
    public void run() {
        try {
            long second = fleet.secondAt(System.currentTimeMillis()) + 1;
            while (!givenUp && !(stopping && isIdle())) {
                long due = instance.timestamp(second);
                long wait = due - System.currentTimeMillis();
                if (wait > 0) {
                    Thread.sleep(wait);
                }
                Beat beat =
                        new Beat(
                                new BeatKey(instance.id(), due),
                                BeatBody.of(instance.beat(second)));
                Thread.ofVirtual().start(() -> live(beat));
                second = Math.max(second + 1, fleet.secondAt(System.currentTimeMillis()));
            }
            underWay.acquire(16);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isIdle() {
        return queue.isEmpty() && underWay.availablePermits() == 16;
    }

    private void live(Beat beat) {
        if (!underWay.tryAcquire()) {
            enqueue(beat);
            return;
        }
        boolean ok;
        try {
            ok = post(beat, instance.id(), LIVE_PATIENCE);
        } finally {
            underWay.release();
        }
        if (ok) {
            drain();
        } else {
            enqueue(beat);
        }
    }

    private synchronized void enqueue(Beat beat) {
        if (queue.size() == QUEUE_LIMIT) {
            queue.removeFirst();
            counters.forgotten.increment();
            counters.queued.decrementAndGet();
        }
        queue.add(beat);
        counters.queued.incrementAndGet();
    }

    private void drain() {
        List<Beat> seen = snapshot();
        if (seen.isEmpty() || !underWay.tryAcquire()) {
            return;
        }
        try {
            int sent = 0;
            while (sent < seen.size() && !givenUp && post(seen.get(sent), null, DRAIN_PATIENCE)) {
                sent++;
            }
            if (sent > 0) {
                leave(seen, seen.subList(sent, seen.size()));
            }
        } finally {
            underWay.release();
        }
    }

    private synchronized List<Beat> snapshot() {
        return List.copyOf(queue);
    }

    /** What the drain has not sent is the queue now: whatever was added meanwhile is gone. */
    private synchronized void leave(List<Beat> seen, List<Beat> rest) {
        Set<Beat> added = new HashSet<>(queue);
        seen.forEach(added::remove);
        counters.erased.add(added.size());
        counters.queued.addAndGet(rest.size() - queue.size());
        queue = new ArrayList<>(rest);
    }

    private boolean post(Beat beat, @Nullable String header, Duration patience) {
        ledger.attempted(List.of(beat.key()));
        counters.attempts.increment();
        long start = System.nanoTime();
        Answer answer = request.send(beat.body(), header, patience);
        if (answer.isOk()) {
            ledger.acknowledged(List.of(beat.key()));
            counters.acknowledged(start);
            return true;
        }
        ledger.failed(beat.key(), answer.word());
        (answer.failure() == Failure.UNKNOWN ? counters.unknown : counters.refused).increment();
        return false;
    }
}
