package dev.wolverine.bench.ledger;

import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.CheckReport.Verdict;
import dev.wolverine.bench.ledger.Store.StoredBeat;
import dev.wolverine.bench.ledger.Store.UnreadableStoreException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what was promised with what was kept, after Jepsen's set checker: whatever was
 * acknowledged is stored or in quarantine, whatever is stored was sent, once, with the same values.
 *
 * <p>For one check and one thread.
 */
final class Checker {
    private static final int MOST_EXAMPLES = 20;

    private final LedgerContents ledger;
    private final Map<String, SimulatedInstance> instances;
    private final Map<String, BitSet> kept = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long stored;
    private long quarantined;
    private long invented;
    private long duplicates;
    private long differing;
    private long unanswered;

    Checker(LedgerContents ledger) {
        this.ledger = ledger;
        this.instances = ledger.fleet().byId();
    }

    CheckReport check(Store store) {
        long attempted = LedgerContents.count(ledger.attempted());
        long acknowledged = LedgerContents.count(ledger.acknowledged());
        if (acknowledged == 0) {
            return CheckReport.unknown("nothing was ever acknowledged", attempted, 0);
        }
        try {
            store.forEachStored(instances.keySet(), this::take);
            store.forEachQuarantined(instances.keySet(), this::takeQuarantined);
        } catch (UnreadableStoreException unreadable) {
            return CheckReport.unknown(
                    "the store cannot be read: " + unreadable.getMessage(),
                    attempted,
                    acknowledged);
        }
        ledger.unexplained().forEach(beat -> fault("no beat of this fleet is", beat, ""));
        long lost = missing(ledger.acknowledged(), "lost") + missing(ledger.refused(), "dropped");
        boolean valid = lost + invented + duplicates + differing + ledger.unexplained().size() == 0;
        return new CheckReport(
                valid ? Verdict.VALID : Verdict.INVALID,
                valid ? "every promise was kept" : "the store and the promises differ",
                attempted,
                acknowledged,
                LedgerContents.count(ledger.refused()),
                stored,
                quarantined,
                lost,
                invented,
                duplicates,
                differing,
                unanswered,
                examples);
    }

    private void take(StoredBeat row) {
        stored++;
        BeatKey key = row.key();
        SimulatedInstance instance = instances.get(key.instanceId());
        long second = ledger.fleet().secondAt(key.timestamp());
        if (instance == null
                || instance.timestamp(second) != key.timestamp()
                || !holds(ledger.attempted(), key, second)) {
            invented++;
            fault("invented", key, "");
            return;
        }
        BitSet seen = kept.computeIfAbsent(key.instanceId(), id -> new BitSet());
        if (seen.get((int) second)) {
            duplicates++;
            fault("duplicate", key, "");
            return;
        }
        seen.set((int) second);
        if (!holds(ledger.acknowledged(), key, second)) {
            unanswered++;
        }
        List<String> differences =
                NarrowColumns.of(instance.beat(second)).differences(row.columns());
        if (!differences.isEmpty()) {
            differing++;
            fault("differs", key, " " + String.join(", ", differences));
        }
    }

    private void takeQuarantined(BeatKey key) {
        quarantined++;
        long second = ledger.fleet().secondAt(key.timestamp());
        if (second >= 0 && second <= Integer.MAX_VALUE) {
            kept.computeIfAbsent(key.instanceId(), id -> new BitSet()).set((int) second);
        }
    }

    private static boolean holds(Map<String, BitSet> beats, BeatKey key, long second) {
        BitSet bits = beats.get(key.instanceId());
        return second >= 0 && bits != null && bits.get((int) second);
    }

    private long missing(Map<String, BitSet> promised, String word) {
        long missing = 0;
        for (Map.Entry<String, BitSet> entry : promised.entrySet()) {
            BitSet gone = (BitSet) entry.getValue().clone();
            gone.andNot(kept.getOrDefault(entry.getKey(), new BitSet()));
            missing += gone.cardinality();
            SimulatedInstance instance = instances.get(entry.getKey());
            if (instance != null) {
                gone.stream()
                        .limit(MOST_EXAMPLES)
                        .mapToObj(second -> new BeatKey(instance.id(), instance.timestamp(second)))
                        .forEach(key -> fault(word, key, ""));
            }
        }
        return missing;
    }

    private void fault(String word, BeatKey key, String detail) {
        if (examples.size() < MOST_EXAMPLES) {
            examples.add(
                    "%s: %s at %d%s".formatted(word, key.instanceId(), key.timestamp(), detail));
        }
    }
}
