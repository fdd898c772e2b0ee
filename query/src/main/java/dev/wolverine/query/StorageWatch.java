package dev.wolverine.query;

import dev.wolverine.db.postgres.SelectStorage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Knows how full the disk is and will be, as of the last time that it was asked to look.
 * Thread-safe.
 */
public final class StorageWatch {

    private final SelectStorage select;
    private final StorageForecast forecast;
    private final Supplier<OptionalLong> freeBytes;
    private final Clock clock;
    private final AtomicReference<Optional<StorageReport>> latest =
            new AtomicReference<>(Optional.empty());

    /**
     * @param freeBytes of the disk that the database is on; empty if it is not ours
     */
    public StorageWatch(
            SelectStorage select,
            StorageForecast forecast,
            Supplier<OptionalLong> freeBytes,
            Clock clock,
            MeterRegistry meters) {
        this.select = select;
        this.forecast = forecast;
        this.freeBytes = freeBytes;
        this.clock = clock;
        gauge(
                meters,
                "wolverine.storage.raw.bytes",
                "beats and snapshots",
                StorageReport::rawBytes);
        gauge(
                meters,
                "wolverine.storage.usage.bytes",
                "what follows from beats",
                StorageReport::usageBytes);
        gauge(
                meters,
                "wolverine.storage.written.bytes.per.day",
                "at the rate of the last day, before compression",
                report -> orNothing(report.bytesPerDay()));
        gauge(
                meters,
                "wolverine.storage.retained.bytes",
                "what it comes to at this rate and retention",
                report -> orNothing(report.bytesAtRetention()));
        gauge(
                meters,
                "wolverine.storage.free.bytes",
                "on the disk of our own database",
                report -> orNothing(report.freeBytes()));
        gauge(
                meters,
                "wolverine.storage.full.days",
                "until that disk is full; nothing if it never will be",
                report -> orNothing(report.fullInDays()));
    }

    /** Looks again. */
    public void refresh() {
        latest.set(
                Optional.of(forecast.report(select.execute(), freeBytes.get(), clock.instant())));
    }

    /** What was found last; empty before the first look. */
    public Optional<StorageReport> latest() {
        return latest.get();
    }

    private void gauge(
            MeterRegistry meters,
            String name,
            String description,
            ToDoubleFunction<StorageReport> value) {
        Gauge.builder(
                        name,
                        this,
                        self -> self.latest().map(value::applyAsDouble).orElse(Double.NaN))
                .description(description)
                .register(meters);
    }

    private static double orNothing(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private static double orNothing(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : Double.NaN;
    }
}
