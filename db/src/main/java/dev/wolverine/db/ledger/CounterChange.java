package dev.wolverine.db.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What cumulative counters grew by between two beats of which the second continues the first.
 *
 * <p>Each counter of each series for itself: what did not fall grew by the difference. What fell to
 * half or less is a reset, and grew by what it shows now, if the runner was started anew or if
 * everything fell together, totals to half or less: the client lost its files. Any other fall is a
 * re-baseline: the client rebuilt the counter from a truncated log, and nothing was spent. What is
 * absent keeps its value, unless the files were lost. A counter that the former runner never sent,
 * while it did count, is an opening balance: the client was upgraded.
 *
 * @param increases by ordinal of {@link UsageCounter}; only series with an increase
 * @param after what the next beat is compared with
 * @param reset series of which a counter began anew
 * @param rebaselined series of which a counter fell without a reason
 */
record CounterChange(
        SortedMap<SeriesKey, long[]> increases,
        CounterSet after,
        List<SeriesKey> reset,
        List<SeriesKey> rebaselined) {

    /**
     * @param restarted whether the runner of the second beat is another than that of the first
     */
    static CounterChange between(CounterSet before, CounterSet now, boolean restarted) {
        return new Comparison(before, now, restarted).change();
    }

    boolean hasFallen(SeriesKey key) {
        return reset.contains(key) || rebaselined.contains(key);
    }

    private static final class Comparison {
        private final CounterSet before;
        private final CounterSet now;
        private final boolean restarted;
        private final boolean usageLost;
        private final boolean repairsLost;
        private final int[] sentBefore = new int[UsageDimension.values().length];
        private final SortedMap<SeriesKey, long[]> increases = new TreeMap<>();
        private final SortedMap<SeriesKey, Counters> after = new TreeMap<>();
        private final List<SeriesKey> reset = new ArrayList<>();
        private final List<SeriesKey> rebaselined = new ArrayList<>();

        Comparison(CounterSet before, CounterSet now, boolean restarted) {
            this.before = before;
            this.now = now;
            this.restarted = restarted;
            usageLost = lost(SeriesKey.TOTAL);
            repairsLost = lost(SeriesKey.REPAIRS);
            for (Map.Entry<SeriesKey, Counters> entry : before.series().entrySet()) {
                sentBefore[entry.getKey().dimension().ordinal()] |= entry.getValue().present();
            }
        }

        CounterChange change() {
            for (Map.Entry<SeriesKey, Counters> entry : now.series().entrySet()) {
                SeriesKey key = entry.getKey();
                Counters former = before.get(key);
                compare(key, former, entry.getValue());
                after.put(key, isLost(key) ? entry.getValue() : entry.getValue().over(former));
            }
            for (Map.Entry<SeriesKey, Counters> entry : before.series().entrySet()) {
                if (!isLost(entry.getKey())) {
                    after.putIfAbsent(entry.getKey(), entry.getValue());
                }
            }
            return new CounterChange(increases, new CounterSet(after), reset, rebaselined);
        }

        private void compare(SeriesKey key, Counters former, Counters counters) {
            long[] grown = new long[UsageCounter.COUNT];
            boolean grew = false;
            boolean began = false;
            boolean fell = false;
            for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                if (!counters.has(counter) || isOpening(key, counter)) {
                    continue;
                }
                long value = counters.value(counter);
                long previous = former.value(counter);
                if (value >= previous) {
                    grown[counter] = value - previous;
                } else if (isLost(key) || restarted && value <= previous / 2) {
                    grown[counter] = value;
                    began = true;
                } else {
                    fell = true;
                }
                grew |= grown[counter] != 0;
            }
            if (grew) {
                increases.put(key, grown);
            }
            if (began) {
                reset.add(key);
            }
            if (fell) {
                rebaselined.add(key);
            }
        }

        private boolean isLost(SeriesKey key) {
            return key.dimension() == UsageDimension.REPAIRS ? repairsLost : usageLost;
        }

        private boolean isOpening(SeriesKey key, int counter) {
            return restarted
                    && (sentBefore[key.dimension().ordinal()] & (1 << counter)) == 0
                    && hasCounted(key);
        }

        /** Whether the former runner had anything to count. */
        private boolean hasCounted(SeriesKey key) {
            SeriesKey sums =
                    key.dimension() == UsageDimension.REPAIRS ? SeriesKey.REPAIRS : SeriesKey.TOTAL;
            for (long value : before.get(sums).values()) {
                if (value != 0) {
                    return true;
                }
            }
            return false;
        }

        /**
         * Whether the client lost its files: the sums fell, none keeps more than half, and after a
         * restart that is enough; without one every other series has to have fallen with them.
         */
        private boolean lost(SeriesKey sums) {
            Counters former = before.get(sums);
            Counters counters = now.get(sums);
            boolean fell = false;
            for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                long previous = former.value(counter);
                if (previous > 0 && counters.has(counter)) {
                    if (counters.value(counter) > previous / 2) {
                        return false;
                    }
                    fell = true;
                }
            }
            return fell && (restarted || sums.equals(SeriesKey.REPAIRS) || everythingFell());
        }

        private boolean everythingFell() {
            for (Map.Entry<SeriesKey, Counters> entry : before.series().entrySet()) {
                if (entry.getKey().dimension() == UsageDimension.REPAIRS) {
                    continue;
                }
                Counters counters = now.get(entry.getKey());
                for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                    long previous = entry.getValue().value(counter);
                    if (previous > 0 && counters.value(counter) >= previous) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
