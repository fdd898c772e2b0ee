package dev.wolverine.query.analytics;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.CompareFleetUsage;
import dev.wolverine.db.postgres.SelectSpend;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves, day after day of each organisation, that the kept usage of fleets is the sum over their
 * servers: a round a day over the last five weeks, in a tenth of a connection's time. What it finds
 * is told, not mended.
 */
public final class FleetUsageReconciler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FleetUsageReconciler.class);

    private static final Duration BETWEEN_ROUNDS = Duration.ofDays(1);
    private static final Duration AFTER_START = Duration.ofMinutes(15);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final int DAYS = 35;
    private static final int REST = 9;

    private final CompareFleetUsage compare;
    private final SelectSpend spend;
    private final Clock clock;
    private final Thread thread;
    private volatile long differing;

    /** The thread begins with {@link #start()}. */
    public FleetUsageReconciler(
            CompareFleetUsage compare, SelectSpend spend, Clock clock, MeterRegistry meters) {
        this.compare = compare;
        this.spend = spend;
        this.clock = clock;
        Gauge.builder("wolverine.fleet.usage.differences", this, self -> self.differing)
                .description("rows of fleets that differ from the sum over their servers: 0")
                .register(meters);
        thread = Thread.ofPlatform().daemon().name("fleet-usage-reconciler").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** One round; returns how many rows differ. */
    public long round() throws InterruptedException {
        long found = 0;
        Instant today = clock.instant().truncatedTo(ChronoUnit.DAYS);
        for (UUID organisation : spend.organisations()) {
            for (int day = 0; day < DAYS; day++) {
                long start = System.nanoTime();
                Instant from = today.minus(day, ChronoUnit.DAYS);
                long rows = compare.differing(organisation, from, from.plus(1, ChronoUnit.DAYS));
                if (rows > 0) {
                    log.error(
                            "usage of organisation {} on {} differs from its servers' in {} rows",
                            organisation,
                            from,
                            rows);
                }
                found += rows;
                TimeUnit.NANOSECONDS.sleep(REST * (System.nanoTime() - start));
            }
        }
        differing = found;
        return found;
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
                    log.info("the usage of fleets will be compared later: {}", e.getMessage());
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
