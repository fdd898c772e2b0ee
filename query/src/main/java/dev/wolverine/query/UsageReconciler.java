package dev.wolverine.query;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.UsageReconciliation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves, server after server, that stored usage is what the stored beats come to: a round a day,
 * or as much of one as fits into a tenth of a core. What it finds is told, not mended: a difference
 * is a defect of ours, and its rows are the evidence.
 */
public final class UsageReconciler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UsageReconciler.class);

    private static final Duration BETWEEN_ROUNDS = Duration.ofDays(1);
    private static final Duration AFTER_START = Duration.ofMinutes(10);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    /** Rests nine times as long as it works. */
    private static final int REST = 9;

    private final UsageReconciliation reconciliation;
    private final Counter servers;
    private final Counter rows;
    private final Thread thread;
    private volatile long differing;

    /** The thread begins with {@link #start()}. */
    public UsageReconciler(UsageReconciliation reconciliation, MeterRegistry meters) {
        this.reconciliation = reconciliation;
        servers = meters.counter("wolverine.usage.reconcile.servers");
        rows = meters.counter("wolverine.usage.reconcile.rows");
        Gauge.builder("wolverine.usage.reconcile.differences", this, self -> self.differing)
                .description("rows of usage that differ from their beats, found since the start: 0")
                .register(meters);
        thread = Thread.ofPlatform().daemon().name("usage-reconciler").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** One round over all servers; returns how many rows differ. */
    public long round() throws InterruptedException {
        long found = 0;
        int serverId = 0;
        while (true) {
            long start = System.nanoTime();
            Optional<UsageReconciliation.Finding> finding = reconciliation.next(serverId);
            if (finding.isEmpty()) {
                return found;
            }
            serverId = finding.get().serverId();
            servers.increment();
            rows.increment(finding.get().rows());
            if (finding.get().differing() > 0) {
                found += finding.get().differing();
                differing += finding.get().differing();
                log.error(
                        "usage of server {} differs from its beats in {} of {} rows",
                        serverId,
                        finding.get().differing(),
                        finding.get().rows());
            }
            TimeUnit.NANOSECONDS.sleep(REST * (System.nanoTime() - start));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            Thread.sleep(AFTER_START);
            while (true) {
                try {
                    round();
                    Thread.sleep(BETWEEN_ROUNDS);
                } catch (StorageException e) {
                    log.info("usage will be compared later: {}", e.getMessage());
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
