package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;

/**
 * Beats of one server as the wild sends them, a pure function of a seed: restarts with and without
 * the files, counters that fall in part, upgrades that send more, silences of minutes and of days,
 * two, three and fifty instances on one id, some started in the same second, clients without
 * uptime, repairs, crashes, beats a millisecond apart.
 */
@NullUnmarked
public final class GeneratedHistory {

    private static final String[] MODELS = {"opus", "haiku", "gpt", "local"};
    private static final String[] CATEGORIES = {"repair", "review"};

    private final Random random;
    private final Identity identity;
    private final Instant end;
    private final TreeMap<Long, Heartbeat> beats = new TreeMap<>();

    private GeneratedHistory(Random random, Identity identity, Instant end) {
        this.random = random;
        this.identity = identity;
        this.end = end;
    }

    /**
     * In the order of their client times; none later than the end, hardly any older than 20 days.
     */
    public static List<Heartbeat> of(long seed, Identity identity, Instant end) {
        Random random = new Random(seed);
        GeneratedHistory history = new GeneratedHistory(random, identity, end);
        long start = end.toEpochMilli() - (1 + random.nextInt(20)) * 3_600_000L;
        if (random.nextInt(3) == 0) {
            start -= random.nextInt(15) * 86_400_000L;
        }
        int instances = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
        if (random.nextInt(40) == 0) {
            instances = 50;
        }
        boolean together = random.nextBoolean();
        for (int i = 0; i < instances; i++) {
            history.instance(
                    together ? start + random.nextInt(2_000) : start + random.nextInt(7_200_000));
        }
        return List.copyOf(history.beats.values());
    }

    private void instance(long start) {
        Counters counters = new Counters();
        if (random.nextBoolean()) {
            counters.spend(500);
        }
        boolean sendsUptime = random.nextInt(6) > 0;
        boolean lean = random.nextInt(4) == 0;
        long now = start;
        int lives = 1 + random.nextInt(4);
        for (int life = 0; life < lives; life++) {
            long runner = now;
            int pid = 100 + random.nextInt(1_000);
            now += 5_000;
            Snapshot snapshot = counters.snapshot(lean);
            int count = 1 + random.nextInt(30);
            for (int i = 0; i < count && now < end.toEpochMilli(); i++) {
                if (random.nextInt(3) == 0) {
                    counters.spend(20);
                    snapshot = counters.snapshot(lean);
                }
                if (random.nextInt(25) == 0) {
                    counters.fall();
                    snapshot = counters.snapshot(lean);
                }
                if (random.nextInt(40) == 0) {
                    counters = new Counters();
                    snapshot = counters.snapshot(lean);
                }
                if (random.nextInt(12) == 0) {
                    pid++;
                }
                long uptime = (now - runner) / 1000 + (random.nextInt(10) == 0 ? 1 : 0);
                put(now, sendsUptime ? (int) uptime : Heartbeat.ABSENT, pid, snapshot);
                now += step();
            }
            if (random.nextInt(3) == 0) {
                counters = new Counters();
            }
            if (random.nextInt(3) == 0) {
                lean = false;
            }
            now += random.nextInt(4) == 0 ? random.nextInt(90_000_000) : random.nextInt(200_000);
        }
    }

    private long step() {
        return switch (random.nextInt(20)) {
            case 0 -> 1 + random.nextInt(2);
            case 1 -> 130_000 + random.nextInt(7_200_000);
            case 2 -> random.nextInt(100_000_000);
            default -> 59_950 + random.nextInt(100);
        };
    }

    private void put(long millis, int uptime, int pid, Snapshot snapshot) {
        if (millis > end.toEpochMilli()) {
            return;
        }
        byte[] content = SnapshotCodec.encode(snapshot);
        beats.put(
                millis,
                new Heartbeat(
                        identity,
                        Instant.ofEpochMilli(millis),
                        Instant.ofEpochMilli(millis + 20),
                        random.nextInt(15) == 0 ? ReportedStatus.DOWN : ReportedStatus.HEALTHY,
                        pid,
                        uptime,
                        80 + random.nextInt(200),
                        300,
                        100,
                        5,
                        random.nextInt(12) == 0 ? 1 : 0,
                        1_000,
                        0,
                        content,
                        SnapshotCodec.hash(content)));
    }

    /** An instance's files. */
    private final class Counters {
        private final TreeMap<String, long[]> models = new TreeMap<>();
        private final TreeMap<String, long[]> pairs = new TreeMap<>();
        private long unattributed;
        private long repairs;

        void spend(int calls) {
            for (int call = random.nextInt(calls) + 1; call > 0; call--) {
                String model = MODELS[random.nextInt(MODELS.length)];
                String category = CATEGORIES[random.nextInt(CATEGORIES.length)];
                long in = random.nextInt(9_000);
                long out = random.nextInt(3_000);
                long cost = random.nextInt(80_000);
                for (Map.Entry<TreeMap<String, long[]>, String> place :
                        List.of(
                                Map.entry(models, model),
                                Map.entry(pairs, model + "/" + category))) {
                    long[] sums =
                            place.getKey().computeIfAbsent(place.getValue(), _ -> new long[4]);
                    sums[0] += in;
                    sums[1] += out;
                    sums[2] += cost;
                    sums[3]++;
                }
                unattributed += random.nextInt(3);
            }
            repairs += random.nextInt(4) == 0 ? 1 : 0;
        }

        /** A truncated log: some series fall, sometimes all. */
        void fall() {
            int left = 1 + random.nextInt(9);
            for (TreeMap<String, long[]> place : List.of(models, pairs)) {
                boolean all = random.nextInt(3) == 0;
                place.values().removeIf(_ -> all && random.nextInt(5) == 0);
                for (long[] sums : place.values()) {
                    if (all || random.nextBoolean()) {
                        for (int i = 0; i < sums.length; i++) {
                            sums[i] = sums[i] * left / 10;
                        }
                    }
                }
            }
        }

        Snapshot snapshot(boolean lean) {
            List<Snapshot.UsageEntry> usage = new ArrayList<>();
            long[] sums = new long[4];
            models.forEach((model, values) -> {
                usage.add(entry(Snapshot.Dimension.MODEL, model, "", values));
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += values[i];
                }
            });
            pairs.forEach((pair, values) -> {
                String[] names = pair.split("/");
                usage.add(entry(Snapshot.Dimension.MODEL_CATEGORY, names[0], names[1], values));
            });
            Supplier<Snapshot.Repairs> made =
                    () ->
                            new Snapshot.Repairs(
                                    repairs,
                                    repairs - repairs / 3,
                                    repairs / 3,
                                    null,
                                    repairs * 700,
                                    null,
                                    null,
                                    null);
            return new Snapshot(
                    lean ? "1.0.0" : "5.2.9",
                    "generated",
                    3000L,
                    "healthy",
                    5L,
                    null,
                    made.get(),
                    new Snapshot.Totals(
                            sums[0] + sums[1],
                            sums[3],
                            sums[2] + unattributed,
                            lean ? null : sums[2] / 10),
                    lean ? List.of() : usage,
                    null,
                    new TreeMap<>(),
                    Snapshot.Backups.NONE,
                    List.of(),
                    new TreeMap<>());
        }

        private Snapshot.UsageEntry entry(
                Snapshot.Dimension dimension, String key, String category, long[] sums) {
            long[] values = new long[Snapshot.Counter.values().length];
            int present = 0;
            Map<Snapshot.Counter, Long> sent =
                    Map.of(
                            Snapshot.Counter.INPUT, sums[0],
                            Snapshot.Counter.OUTPUT, sums[1],
                            Snapshot.Counter.TOTAL, sums[0] + sums[1],
                            Snapshot.Counter.COST, sums[2],
                            Snapshot.Counter.CALLS, sums[3],
                            Snapshot.Counter.AVERAGE_LATENCY, 1_000 + sums[3]);
            for (Map.Entry<Snapshot.Counter, Long> counter : sent.entrySet()) {
                values[counter.getKey().ordinal()] = counter.getValue();
                present |= 1 << counter.getKey().ordinal();
            }
            return new Snapshot.UsageEntry(dimension, key, category, present, values);
        }
    }
}
