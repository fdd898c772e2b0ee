package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/**
 * Usage by brute force: from all beats of a server at once, with every beat of every life kept, and
 * looking ahead where the definition speaks of what comes later. Slow, and as plain as can be.
 */
@NullUnmarked
final class UsageOracle {

    private static final long HOUR = 3_600_000;
    private static final List<UsageCounter> ORDER =
            List.of(UsageCounter.COST_MICROS, UsageCounter.TOKENS, UsageCounter.CALLS);

    private final List<OneLife> lives = new ArrayList<>();
    private final TreeMap<UsageKey, long[]> usage = new TreeMap<>();

    private long newest;

    private UsageOracle() {}

    /** What the beats of one server, in any order, add up to; cells that are zero left out. */
    static TreeMap<UsageKey, long[]> usage(Collection<Heartbeat> beats) {
        UsageOracle oracle = new UsageOracle();
        oracle.newest = beats.stream().mapToLong(UsageOracle::millis).max().orElse(Long.MIN_VALUE);
        beats.stream().sorted(Comparator.comparing(Heartbeat::timestamp)).forEach(oracle::assign);
        oracle.lives.forEach(oracle::book);
        oracle.usage.values().removeIf(cell -> java.util.Arrays.stream(cell).allMatch(v -> v == 0));
        return oracle.usage;
    }

    private static final class OneLife {
        final List<Heartbeat> beats = new ArrayList<>();

        /** What its next beat is compared with: the newest value of each counter. */
        Map<String, Long> known = Map.of();

        OneLife continues;
        int continuedBeats;
        boolean isContinued;
        boolean isForgotten;

        Heartbeat first() {
            return beats.getFirst();
        }

        Heartbeat last() {
            return beats.getLast();
        }

        long lastMillis() {
            return millis(last());
        }

        boolean startedWith(Heartbeat beat) {
            if (beat.uptimeSeconds() < 0 || last().uptimeSeconds() < 0) {
                return beat.uptimeSeconds() < 0 && last().uptimeSeconds() < 0;
            }
            return Math.abs(start(beat) - start(last())) <= 5;
        }
    }

    private void assign(Heartbeat beat) {
        place(beat);
        forgetBeyondCap();
    }

    private void place(Heartbeat beat) {
        long now = millis(beat);
        forget(now);
        List<OneLife> same =
                lives.stream().filter(l -> !l.isForgotten && l.startedWith(beat)).toList();
        if (same.isEmpty()) {
            OneLife begun = begin(beat);
            link(
                    begun,
                    lives.stream()
                            .filter(l -> l != begun && !l.isForgotten && !l.isContinued)
                            .max(better(beat, Long.MIN_VALUE))
                            .orElse(null));
            return;
        }
        OneLife chosen = same.stream().max(better(beat, now - 150_000)).orElseThrow();
        if (sumsFall(chosen.known, counters(beat))) {
            OneLife former = chosen.isContinued ? null : chosen;
            link(begin(beat), former);
        } else {
            chosen.beats.add(beat);
            chosen.known = after(chosen.known, counters(beat), false);
            chosen.isContinued = false;
        }
    }

    private void forgetBeyondCap() {
        List<OneLife> remembered = lives.stream().filter(l -> !l.isForgotten).toList();
        if (remembered.size() > 32) {
            List<OneLife> continued = remembered.stream().filter(l -> l.isContinued).toList();
            (continued.isEmpty() ? remembered : continued)
                            .stream()
                                    .min(Comparator.comparingLong(OneLife::lastMillis))
                                    .orElseThrow()
                                    .isForgotten =
                    true;
        }
    }

    private static void link(OneLife begun, OneLife former) {
        if (former != null) {
            begun.continues = former;
            begun.continuedBeats = former.beats.size();
            former.isContinued = true;
        }
    }

    private OneLife begin(Heartbeat beat) {
        OneLife begun = new OneLife();
        begun.beats.add(beat);
        begun.known = counters(beat);
        lives.add(begun);
        return begun;
    }

    private void forget(long now) {
        OneLife heardLast =
                lives.stream()
                        .filter(l -> !l.isForgotten && !l.isContinued)
                        .max(Comparator.comparingLong(OneLife::lastMillis))
                        .orElse(null);
        lives.stream()
                .filter(l -> l != heardLast && l.lastMillis() < now - 26 * HOUR)
                .forEach(l -> l.isForgotten = true);
    }

    private Comparator<OneLife> better(Heartbeat beat, long heardSince) {
        Map<String, Long> now = counters(beat);
        Comparator<OneLife> order =
                Comparator.comparing((OneLife l) -> leadsTo(l.known, now))
                        .thenComparing(l -> l.lastMillis() >= heardSince);
        for (UsageCounter counter : ORDER) {
            order =
                    order.thenComparing(l ->
                            leadsTo(l.known, now)
                                    ? l.known.getOrDefault(id(SeriesKey.TOTAL, counter), 0L)
                                    : 0L);
        }
        return order.thenComparing(OneLife::lastMillis);
    }

    private static boolean leadsTo(Map<String, Long> before, Map<String, Long> now) {
        for (UsageCounter counter : UsageCounter.values()) {
            String id = id(SeriesKey.TOTAL, counter);
            if (now.getOrDefault(id, 0L) < before.getOrDefault(id, 0L)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sumsFall(Map<String, Long> before, Map<String, Long> now) {
        return now.keySet().stream()
                .filter(id -> id.startsWith("TOTAL|"))
                .anyMatch(id -> now.get(id) < before.getOrDefault(id, 0L));
    }

    private static Map<String, Long> after(
            Map<String, Long> before, Map<String, Long> now, boolean restarted) {
        Map<String, Long> after = new HashMap<>(before);
        for (boolean repairs : new boolean[] {false, true}) {
            if (isLost(before, now, restarted, repairs)) {
                after.keySet().removeIf(id -> id.startsWith("REPAIRS|") == repairs);
            }
        }
        after.putAll(now);
        return after;
    }

    private void book(OneLife life) {
        Map<String, Long> known = new HashMap<>(counters(life.first()));
        // Whether the other goes on: known only because everything is.
        if (life.continues != null && life.continues.beats.size() == life.continuedBeats) {
            OneLife former = life.continues;
            boolean restarted =
                    life.first().uptimeSeconds() >= 0
                            && former.last().uptimeSeconds() >= 0
                            && start(life.first()) > start(former.last()) + 5;
            increase(
                    former.known,
                    counters(life.first()),
                    restarted,
                    former.lastMillis(),
                    millis(life.first()));
        }
        for (int i = 1; i < life.beats.size(); i++) {
            Map<String, Long> now = counters(life.beats.get(i));
            increase(known, now, false, millis(life.beats.get(i - 1)), millis(life.beats.get(i)));
            known = after(known, now, false);
        }
    }

    private void increase(
            Map<String, Long> before, Map<String, Long> now, boolean restarted, long a, long b) {
        Map<SeriesKey, long[]> increases = new TreeMap<>();
        for (Map.Entry<String, Long> entry : now.entrySet()) {
            String[] id = entry.getKey().split("\\|", -1);
            SeriesKey series = new SeriesKey(UsageDimension.valueOf(id[0]), id[1], id[2]);
            UsageCounter counter = UsageCounter.valueOf(id[3]);
            boolean repairs = series.dimension() == UsageDimension.REPAIRS;
            String sums = repairs ? "REPAIRS|" : "TOTAL|";
            boolean everSent =
                    before.keySet().stream()
                            .anyMatch(other ->
                                    other.startsWith(id[0] + "|") && other.endsWith("|" + id[3]));
            boolean counted =
                    before.entrySet().stream()
                            .anyMatch(e -> e.getKey().startsWith(sums) && e.getValue() != 0);
            long value = entry.getValue();
            long previous = before.getOrDefault(entry.getKey(), 0L);
            long grown;
            if (restarted && !everSent && counted) {
                grown = 0;
            } else if (value >= previous) {
                grown = value - previous;
            } else if (isLost(before, now, restarted, repairs)
                    || restarted && 2 * value <= previous) {
                grown = value;
            } else {
                grown = 0;
            }
            if (grown != 0) {
                increases
                                .computeIfAbsent(series, _ -> new long[UsageCounter.COUNT])[
                                counter.ordinal()] =
                        grown;
            }
        }
        increases.forEach((series, grown) -> {
            for (int counter = 0; counter < grown.length; counter++) {
                spread(series, counter, grown[counter], a, b, increases.size());
            }
        });
        markEstimated(increases, a, b);
    }

    private static boolean isLost(
            Map<String, Long> before, Map<String, Long> now, boolean restarted, boolean repairs) {
        String sums = repairs ? "REPAIRS|" : "TOTAL|";
        List<String> counted =
                before.keySet().stream()
                        .filter(id -> id.startsWith(sums) && before.get(id) > 0)
                        .filter(now::containsKey)
                        .toList();
        if (counted.isEmpty()
                || !counted.stream().allMatch(id -> 2 * now.get(id) <= before.get(id))) {
            return false;
        }
        return restarted
                || repairs
                || before.entrySet().stream()
                        .filter(e -> !e.getKey().startsWith("REPAIRS|") && e.getValue() > 0)
                        .allMatch(e -> now.getOrDefault(e.getKey(), 0L) < e.getValue());
    }

    /** Parts between a and b, each [from, to) with the quarter that it is booked in. */
    private List<long[]> parts(long a, long b, int series) {
        long quarter = 900_000;
        long last = Math.floorDiv(b, quarter);
        if (b - a <= 120_000 || Math.floorDiv(a, quarter) == last) {
            return List.of();
        }
        if (newest - b <= HOUR) {
            return List.of(new long[] {a, b, last});
        }
        for (long step : new long[] {1, 4, 24, 96}) {
            long quarters = last - Math.floorDiv(a, quarter);
            if (b - a <= 31 * 24 * HOUR && (quarters / step + 2) * series <= 10_000) {
                List<long[]> parts = new ArrayList<>();
                for (long from = a; from < b; ) {
                    long to =
                            Math.min(b, (Math.floorDiv(from, step * quarter) + 1) * step * quarter);
                    parts.add(new long[] {from, to, Math.floorDiv(from, quarter)});
                    from = to;
                }
                return parts;
            }
        }
        return List.of(new long[] {a, b, last});
    }

    private void spread(SeriesKey series, int counter, long amount, long a, long b, int width) {
        List<long[]> parts = parts(a, b, width);
        if (parts.isEmpty()) {
            cell(Math.floorDiv(b, 900_000), series)[counter] += amount;
            return;
        }
        long left = amount;
        List<BigDecimal[]> remainders = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            BigInteger[] share =
                    BigInteger.valueOf(amount)
                            .multiply(BigInteger.valueOf(parts.get(i)[1] - parts.get(i)[0]))
                            .divideAndRemainder(BigInteger.valueOf(b - a));
            cell(parts.get(i)[2], series)[counter] += share[0].longValueExact();
            left -= share[0].longValueExact();
            remainders.add(
                    new BigDecimal[] {
                        new BigDecimal(share[1], MathContext.UNLIMITED), BigDecimal.valueOf(i)
                    });
        }
        remainders.sort(
                Comparator.<BigDecimal[], BigDecimal>comparing(r -> r[0])
                        .reversed()
                        .thenComparing(r -> r[1]));
        for (int i = 0; i < left; i++) {
            cell(parts.get(remainders.get(i)[1].intValueExact())[2], series)[counter]++;
        }
    }

    /** Each part of a spread that got anything counts one estimate. */
    private void markEstimated(Map<SeriesKey, long[]> increases, long a, long b) {
        increases.forEach((series, grown) -> {
            UsageOracle alone = new UsageOracle();
            alone.newest = newest;
            for (int counter = 0; counter < grown.length; counter++) {
                alone.spread(series, counter, grown[counter], a, b, increases.size());
            }
            if (!parts(a, b, increases.size()).isEmpty()) {
                alone.usage.forEach((key, cell) -> {
                    if (java.util.Arrays.stream(cell).anyMatch(v -> v != 0)) {
                        cell(key.quarter(), series)[LedgerFacts.ESTIMATED]++;
                    }
                });
            }
        });
    }

    private long[] cell(long quarter, SeriesKey series) {
        return usage.computeIfAbsent(
                new UsageKey(quarter, series), _ -> new long[UsageCounter.COUNT + 1]);
    }

    private static Map<String, Long> counters(Heartbeat beat) {
        Snapshot snapshot = SnapshotCodec.decode(beat.snapshot());
        Map<String, Long> counters = new HashMap<>();
        Snapshot.Totals totals = snapshot.totals();
        put(counters, SeriesKey.TOTAL, UsageCounter.TOKENS, totals.tokens());
        put(counters, SeriesKey.TOTAL, UsageCounter.CALLS, totals.calls());
        put(counters, SeriesKey.TOTAL, UsageCounter.COST_MICROS, totals.costMicros());
        put(
                counters,
                SeriesKey.TOTAL,
                UsageCounter.CACHE_SAVINGS_MICROS,
                totals.cacheSavingsMicros());
        Snapshot.Repairs repairs = snapshot.repairs();
        put(counters, SeriesKey.REPAIRS, UsageCounter.CALLS, repairs.total());
        put(counters, SeriesKey.REPAIRS, UsageCounter.SUCCESSES, repairs.successes());
        put(counters, SeriesKey.REPAIRS, UsageCounter.FAILURES, repairs.failures());
        put(counters, SeriesKey.REPAIRS, UsageCounter.COST_MICROS, repairs.costMicros());
        put(counters, SeriesKey.REPAIRS, UsageCounter.TOKENS, repairs.tokens());
        Map<Snapshot.Counter, UsageCounter> fields =
                Map.of(
                        Snapshot.Counter.INPUT, UsageCounter.INPUT_TOKENS,
                        Snapshot.Counter.OUTPUT, UsageCounter.OUTPUT_TOKENS,
                        Snapshot.Counter.TOTAL, UsageCounter.TOKENS,
                        Snapshot.Counter.CALLS, UsageCounter.CALLS,
                        Snapshot.Counter.COST, UsageCounter.COST_MICROS,
                        Snapshot.Counter.CACHE_CREATION, UsageCounter.CACHE_CREATION_TOKENS,
                        Snapshot.Counter.CACHE_READ, UsageCounter.CACHE_READ_TOKENS,
                        Snapshot.Counter.CACHE_SAVINGS, UsageCounter.CACHE_SAVINGS_MICROS,
                        Snapshot.Counter.SUCCESSES, UsageCounter.SUCCESSES,
                        Snapshot.Counter.FAILURES, UsageCounter.FAILURES);
        for (Snapshot.UsageEntry entry : snapshot.usage()) {
            SeriesKey series =
                    new SeriesKey(
                            UsageDimension.valueOf(entry.dimension().name()),
                            entry.key(),
                            entry.category());
            fields.forEach((field, counter) -> {
                if (entry.has(field)) {
                    put(counters, series, counter, entry.value(field));
                }
            });
        }
        return counters;
    }

    private static void put(
            Map<String, Long> counters, SeriesKey series, UsageCounter counter, Long value) {
        if (value != null) {
            counters.put(id(series, counter), value);
        }
    }

    private static String id(SeriesKey series, UsageCounter counter) {
        return series.dimension().name()
                + "|"
                + series.key()
                + "|"
                + series.category()
                + "|"
                + counter.name();
    }

    private static long millis(Heartbeat beat) {
        return beat.timestamp().toEpochMilli();
    }

    private static long start(Heartbeat beat) {
        return Math.floorDiv(millis(beat), 1000) - beat.uptimeSeconds();
    }
}
