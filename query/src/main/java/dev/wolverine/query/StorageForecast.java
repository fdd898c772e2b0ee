package dev.wolverine.query;

import dev.wolverine.db.model.StorageSize;
import dev.wolverine.db.model.StoredPart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells from the sizes of partitions how large a database will be: what the last day wrote is
 * written every day from now on, is compressed when it is old enough, and dropped when it was kept
 * for its time. Pure.
 *
 * @param raw how long beats are kept until their partition is dropped
 * @param usage the same of what follows from them; longer
 * @param compressAfter beats are compressed when they are this old, where the layout does it
 */
public record StorageForecast(Duration raw, Duration usage, Duration compressAfter) {

    private static final Set<String> RAW = Set.of("heartbeats", "snapshots", "ledger_days");
    private static final String BEATS = "heartbeats";

    private static final Duration DAY = Duration.ofDays(1);

    /** Before that a rate would be a guess from the first beats. */
    private static final Duration LEAST_OBSERVED = Duration.ofMinutes(10);

    /** How large compressed beats are is told from those of the last days. */
    private static final Duration COMPRESSED_LATELY = Duration.ofDays(7);

    /** Bytes a day. */
    private record Rates(double beats, double oldBeats, double besides, double usage) {
        double written() {
            return beats + besides + usage;
        }
    }

    /** What is known now, and what follows. */
    public StorageReport report(StorageSize size, OptionalLong freeBytes, Instant now) {
        long rawBytes = bytes(size, StorageForecast::isRaw);
        long usageBytes = bytes(size, part -> !isRaw(part));
        long otherBytes = Math.max(0, size.bytes() - rawBytes - usageBytes);
        Instant since = size.firstSeen().orElse(now);
        if (Duration.between(since, now).compareTo(LEAST_OBSERVED) < 0) {
            return new StorageReport(
                    size.layout(),
                    now,
                    rawBytes,
                    usageBytes,
                    otherBytes,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    freeBytes,
                    OptionalInt.empty());
        }
        Rates rates = rates(size, since, now);
        int settled = (int) (usage.compareTo(raw) > 0 ? usage : raw).toDays() + 1;
        double today = total(size, rates, now, 0);
        OptionalInt full = OptionalInt.empty();
        for (int day = 1; day <= settled && freeBytes.isPresent() && full.isEmpty(); day++) {
            if (total(size, rates, now, day) - today > freeBytes.getAsLong()) {
                full = OptionalInt.of(day - 1);
            }
        }
        return new StorageReport(
                size.layout(),
                now,
                rawBytes,
                usageBytes,
                otherBytes,
                OptionalLong.of(Math.round(rates.written())),
                OptionalLong.of(otherBytes + Math.round(total(size, rates, now, settled))),
                freeBytes,
                full);
    }

    private Rates rates(StorageSize size, Instant since, Instant now) {
        Instant from = later(since, now.minus(DAY));
        List<StoredPart> parts = size.parts();
        double beats = perDay(parts, part -> isBeats(part) && !part.compressed(), since, from, now);
        double compressed =
                perDay(
                        parts,
                        part -> isBeats(part) && part.compressed(),
                        since,
                        later(since, now.minus(COMPRESSED_LATELY)),
                        now);
        return new Rates(
                beats,
                compressed > 0 ? Math.min(beats, compressed) : beats,
                perDay(parts, part -> isRaw(part) && !isBeats(part), since, from, now),
                perDay(parts, part -> !isRaw(part), since, from, now));
    }

    /** The bytes of these parts that belong to a time, by the time that they cover of it. */
    private static double perDay(
            List<StoredPart> parts,
            Predicate<StoredPart> which,
            Instant since,
            Instant from,
            Instant until) {
        double bytes = 0;
        double longest = 0;
        for (StoredPart part : parts.stream().filter(which).toList()) {
            double covered = days(later(part.from(), since), earlier(part.until(), until));
            double wanted = days(later(part.from(), from), earlier(part.until(), until));
            if (covered > 0 && wanted > 0) {
                bytes += part.bytes() * wanted / covered;
                longest += part.table().equals(BEATS) ? wanted : 0;
            }
        }
        // Chunks that are not there, because they are compressed or nothing was sent, have no say.
        double length = longest > 0 ? Math.min(longest, days(from, until)) : days(from, until);
        return bytes / length;
    }

    /** Bytes of what is cut by time, in some days. */
    private double total(StorageSize size, Rates rates, Instant now, int day) {
        double compressed = size.layout().columnstore() ? days(compressAfter) : Double.MAX_VALUE;
        double rawDays = Math.min(day, days(raw));
        double fresh = Math.min(rawDays, compressed);
        double bytes =
                rates.besides() * rawDays
                        + rates.beats() * fresh
                        + rates.oldBeats() * (rawDays - fresh)
                        + rates.usage() * Math.min(day, days(usage));
        Instant then = now.plus(Duration.ofDays(day));
        for (StoredPart part : size.parts()) {
            boolean dropped = part.until().plus(isRaw(part) ? raw : usage).isBefore(then);
            if (!dropped) {
                boolean shrinks =
                        isBeats(part)
                                && !part.compressed()
                                && size.layout().columnstore()
                                && part.until().plus(compressAfter).isBefore(then);
                bytes +=
                        shrinks && rates.beats() > 0
                                ? part.bytes() * rates.oldBeats() / rates.beats()
                                : part.bytes();
            }
        }
        return bytes;
    }

    private static long bytes(StorageSize size, Predicate<StoredPart> which) {
        return size.parts().stream().filter(which).mapToLong(StoredPart::bytes).sum();
    }

    private static boolean isRaw(StoredPart part) {
        return RAW.contains(part.table());
    }

    private static boolean isBeats(StoredPart part) {
        return part.table().equals(BEATS);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static double days(Instant from, Instant until) {
        return days(Duration.between(from, until));
    }

    private static double days(Duration duration) {
        return duration.toMillis() / (double) DAY.toMillis();
    }
}
