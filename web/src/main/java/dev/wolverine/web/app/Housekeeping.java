package dev.wolverine.web.app;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.DeleteOldDeliveries;
import dev.wolverine.db.postgres.DeleteQuarantine;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.MarkStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.redis.LiveState;
import dev.wolverine.ingest.KeyAuthenticator;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.StorageWatch;
import dev.wolverine.web.tls.ServerIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then. A task that fails is tried again at its next time, and harms
 * none of the others.
 */
final class Housekeeping implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /**
     * Partitions go this much after what is in them was to be kept: nothing is still coming then.
     */
    static final Duration RAW_GRACE = Duration.ofHours(48);

    private static final Duration DELIVERIES = Duration.ofDays(30);

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("housekeeping").factory());
    private final ScheduledExecutorService compressing =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("compression").factory());
    private final Clock clock;

    Housekeeping(Clock clock) {
        this.clock = clock;
    }

    /**
     * Days are made two ahead, and dropped whole two after the last beat of theirs is accepted;
     * months of what follows from beats when the usage of their last day has been kept for its
     * time.
     */
    void keepPartitions(Partitions partitions, Duration raw, Duration usage) {
        partitions.ensure(daysAround(today()));
        every(
                Duration.ofHours(1),
                "partitions",
                () -> {
                    partitions.ensure(daysAround(today()));
                    partitions.dropDaysBefore(today(raw.plus(RAW_GRACE)));
                    partitions.dropMonthsBefore(today(usage.plus(RAW_GRACE)));
                });
    }

    /** A chunk that takes long holds up nothing but its like: it has a thread of its own. */
    void keepCompressed(Partitions partitions, Duration after) {
        every(
                compressing,
                Duration.ofMinutes(10),
                "compression",
                () -> partitions.compressBefore(clock.instant().minus(after)));
    }

    void keepMeasured(StorageWatch storage) {
        storage.refresh();
        every(Duration.ofMinutes(1), "the size of what is stored", storage::refresh);
    }

    /** A body in quarantine is kept as long as a beat is. */
    void keepQuarantine(DeleteQuarantine quarantine, Duration retention) {
        every(
                Duration.ofHours(1),
                "old quarantine",
                () -> quarantine.before(clock.instant().minus(retention)));
    }

    void keepCommits(SelectCommits commits) {
        every(Duration.ofMinutes(10), "old commits", commits::deleteOld);
    }

    void keepKeyUses(KeyAuthenticator keys) {
        every(Duration.ofSeconds(30), "key uses", keys::flushUses);
    }

    void keepIdentity(ServerIdentity identity) {
        every(Duration.ofSeconds(10), "the certificate", identity::reload);
    }

    void keepEnrolments(KeyStore keys, PairingStore pairing) {
        every(Duration.ofMinutes(10), "pending enrolments", pairing::deleteOld);
        every(Duration.ofHours(1), "keys of long ago", keys::deleteEnrolledOnesThatEnded);
    }

    /** The log of what was told is kept for a while. */
    void keepDeliveries(DeleteOldDeliveries deliveries) {
        every(
                Duration.ofHours(1),
                "old deliveries",
                () -> deliveries.before(clock.instant().minus(DELIVERIES)));
    }

    /** Servers that have been silent for so long are put away. */
    void keepArchive(MarkStore marks, Duration after) {
        every(
                Duration.ofHours(1),
                "the archive",
                () -> {
                    Instant now = clock.instant();
                    int archived = marks.archiveSilent(now.minus(after), "platform", now);
                    if (archived > 0) {
                        log.info("{} servers put away after {} of silence", archived, after);
                    }
                });
    }

    void keepFleetStats(FleetIndex fleet, LiveState live) {
        every(
                Duration.ofSeconds(10),
                "fleet stats",
                () ->
                        fleet.organisations()
                                .forEach(organisation ->
                                        live.offerStats(
                                                organisation, counts(fleet, organisation))));
    }

    @Override
    public void close() {
        compressing.shutdownNow();
        timer.shutdownNow();
    }

    private static Map<String, Integer> counts(FleetIndex fleet, UUID organisation) {
        return fleet.counts(organisation).entrySet().stream()
                .collect(Collectors.toMap(count -> count.getKey().label(), Map.Entry::getValue));
    }

    private static Set<LocalDate> daysAround(LocalDate today) {
        return Set.of(today.minusDays(1), today, today.plusDays(1), today.plusDays(2));
    }

    private LocalDate today() {
        return today(Duration.ZERO);
    }

    private LocalDate today(Duration ago) {
        return LocalDate.ofInstant(clock.instant().minus(ago), ZoneOffset.UTC);
    }

    private void every(Duration period, String name, Runnable task) {
        every(timer, period, name, task);
    }

    private static void every(
            ScheduledExecutorService timer, Duration period, String name, Runnable task) {
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (StorageException e) {
                        log.info("{} will be seen to later: {}", name, e.getMessage());
                    } catch (RuntimeException e) {
                        log.error("{} could not be seen to", name, e);
                    }
                },
                period.toMillis(),
                period.toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
