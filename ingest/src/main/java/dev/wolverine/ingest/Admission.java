package dev.wolverine.ingest;

import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

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
    private final Counter replaysRefused;

    /**
     * @param nanoTime {@link System#nanoTime()}, or a test's
     */
    public Admission(IngestConfig config, LongSupplier nanoTime, MeterRegistry meters) {
        rates = new RateLimits(config.rate(), config.maxCachedServers(), nanoTime, meters);
        drains = new DrainLeases(config.drain(), config.maxCachedServers(), nanoTime, meters);
        replaysRefused = meters.counter("wolverine.intake.replays.refused");
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
