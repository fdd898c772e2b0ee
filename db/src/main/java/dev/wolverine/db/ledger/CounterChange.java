package dev.wolverine.db.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        private final CounterSet.Builder after;
        private final List<SeriesKey> reset = new ArrayList<>();
        private final List<SeriesKey> rebaselined = new ArrayList<>();

        Comparison(CounterSet before, CounterSet now, boolean restarted) {
            this.before = before;
            this.now = now;
            this.restarted = restarted;
            usageLost = lost(SeriesKey.TOTAL);
            repairsLost = lost(SeriesKey.REPAIRS);
            after = new CounterSet.Builder(now.size() + 1);
            for (int i = 0; i < before.size(); i++) {
                sentBefore[before.key(i).dimension().ordinal()] |= before.counters(i).present();
            }
        }

        /** Both are in the order of their keys: one walk along the two. */
        CounterChange change() {
            int former = 0;
            for (int i = 0; i < now.size(); i++) {
                SeriesKey key = now.key(i);
                former = keepBefore(key, former);
                boolean isKnown = former < before.size() && before.key(former).equals(key);
                take(key, isKnown ? before.counters(former) : Counters.NONE, now.counters(i));
                former += isKnown ? 1 : 0;
            }
            for (; former < before.size(); former++) {
                keep(former);
            }
            return new CounterChange(increases, after.build(), reset, rebaselined);
        }

        /** Goes on behind the former series that come before a key, which are not sent any more. */
        private int keepBefore(SeriesKey key, int from) {
            int former = from;
            while (former < before.size() && before.key(former).compareTo(key) < 0) {
                keep(former);
                former++;
            }
            return former;
        }

        private void keep(int former) {
            if (!isLost(before.key(former))) {
                after.put(before.key(former), before.counters(former));
            }
        }

        private void take(SeriesKey key, Counters former, Counters counters) {
            compare(key, former, counters);
            after.put(key, isLost(key) ? counters : counters.over(former));
        }

        private void compare(SeriesKey key, Counters former, Counters counters) {
            if (Arrays.equals(former.values(), counters.values())) {
                return;
            }
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
            for (int i = 0; i < before.size(); i++) {
                if (before.key(i).dimension() == UsageDimension.REPAIRS) {
                    continue;
                }
                Counters counters = now.get(before.key(i));
                for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                    long previous = before.counters(i).value(counter);
                    if (previous > 0 && counters.value(counter) >= previous) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
