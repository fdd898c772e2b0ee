package dev.wolverine.ingest;

import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Decides whether a beat may come in now.
 *
 * <p>In memory of this process alone; thread-safe, never blocks. A restart begins with full buckets
 * and no drains.
 */
public final class Admission {

    /** The stock client drains after its next live beat, and that is a minute away. */
    private static final Duration NEXT_DRAIN = Duration.ofMinutes(1);

    private final RateLimits rates;
    private final DrainLeases drains;
    private final MemoryWatch memory;
    private final DiskGate disk;
    private final RandomGenerator random;
    private final Counter replaysRefused;

    /** Where the disk is not ours to look after. */
    public Admission(
            IngestConfig config,
            Supplier<HeapReading> heap,
            LongSupplier nanoTime,
            RandomGenerator random,
            MeterRegistry meters) {
        this(
                config,
                heap,
                new DiskGate(OptionalLong::empty, 0, nanoTime),
                nanoTime,
                random,
                meters);
    }

    /**
     * @param heap {@link HeapReading#now()}, or a test's
     * @param nanoTime {@link System#nanoTime()}, or a test's
     */
    public Admission(
            IngestConfig config,
            Supplier<HeapReading> heap,
            DiskGate disk,
            LongSupplier nanoTime,
            RandomGenerator random,
            MeterRegistry meters) {
        this.disk = disk;
        memory = new MemoryWatch(new MemoryGate(config.memoryGate()), heap, nanoTime, meters);
        this.random = random;
        rates = new RateLimits(config.rate(), config.maxCachedServers(), nanoTime, meters);
        drains = new DrainLeases(config.drain(), config.maxCachedServers(), nanoTime, meters);
        replaysRefused = meters.counter("wolverine.intake.replays.refused");
    }

    /** Why nothing at all may come in now. */
    Optional<IntakeResult.Refused> refusal() {
        if (disk.isClosed()) {
            return Optional.of(later(IntakeResult.Cause.STORAGE_UNAVAILABLE));
        }
        return memory.refuses()
                ? Optional.of(later(IntakeResult.Cause.OVERLOADED))
                : Optional.empty();
    }

    /** A refusal until in 30 to 90 seconds, so that a fleet does not come back in one moment. */
    IntakeResult.Refused later(IntakeResult.Cause cause) {
        return new IntakeResult.Refused(cause, Duration.ofSeconds(30 + random.nextInt(61)));
    }

    /** Why a beat over HTTP has to wait: without flow control, drains take turns. */
    Optional<IntakeResult.Refused> refusalOverHttp(
            Identity identity, Instant timestamp, boolean hasHeader) {
        if (!drains.admits(identity, timestamp, hasHeader)) {
            replaysRefused.increment();
            return Optional.of(new IntakeResult.Refused(IntakeResult.Cause.OVERLOADED, NEXT_DRAIN));
        }
        return refusal(identity);
    }

    /** Why an entry has to wait. If it has not, it cost a token. */
    Optional<IntakeResult.Refused> refusal(Identity identity) {
        Duration wait = rates.take(identity);
        return wait.isZero()
                ? Optional.empty()
                : Optional.of(new IntakeResult.Refused(IntakeResult.Cause.RATE_LIMITED, wait));
    }

    /** Gives back the token of an entry that added nothing. */
    void refund(Identity identity) {
        rates.giveBack(identity);
    }
}
