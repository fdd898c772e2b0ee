package dev.wolverine.db.ledger;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run over beats found: usage, which adds up, and events, of which the last word counts. For
 * one thread.
 */
public final class LedgerFacts {

    /**
     * Of the array that stands for a cell: after the counters, how many parts of it are estimated.
     */
    public static final int ESTIMATED = UsageCounter.COUNT;

    private static final long[] ZERO = new long[UsageCounter.COUNT + 1];

    private final Map<UsageKey, long[]> usage = new HashMap<>();
    private final Map<LedgerEvent.Key, Optional<LedgerEvent>> events = new HashMap<>();

    /** Amounts by {@link UsageCounter#ordinal()}, then {@link #ESTIMATED}. A cell may be zero. */
    public Map<UsageKey, long[]> usage() {
        return usage;
    }

    /** Empty where an event of an earlier run is taken back. */
    public Map<LedgerEvent.Key, Optional<LedgerEvent>> events() {
        return events;
    }

    public boolean isEmpty() {
        return usage.isEmpty() && events.isEmpty();
    }

    void add(UsageKey key, long[] amounts, int sign, int estimated) {
        long[] cell = usage.computeIfAbsent(key, _ -> ZERO.clone());
        for (int counter = 0; counter < amounts.length; counter++) {
            cell[counter] += sign * amounts[counter];
        }
        cell[ESTIMATED] += estimated;
    }

    void put(LedgerEvent event) {
        events.put(event.key(), Optional.of(event));
    }

    void remove(LedgerEvent.Key key) {
        events.put(key, Optional.empty());
    }

    /** What has to be added to the former facts to have these: cells that are zero left out. */
    public LedgerFacts minus(LedgerFacts former) {
        LedgerFacts difference = new LedgerFacts();
        usage.forEach((key, cell) -> difference.add(key, cell, 1));
        former.usage.forEach((key, cell) -> difference.add(key, cell, -1));
        difference.usage.values().removeIf(cell -> Arrays.equals(cell, ZERO));
        events.forEach((key, event) -> {
            if (!Objects.equals(event, former.events.get(key))) {
                difference.events.put(key, event);
            }
        });
        former.events.keySet().stream()
                .filter(key -> !events.containsKey(key))
                .forEach(key -> difference.events.put(key, Optional.empty()));
        return difference;
    }

    private void add(UsageKey key, long[] amounts, int sign) {
        long[] cell = usage.computeIfAbsent(key, _ -> ZERO.clone());
        for (int counter = 0; counter < cell.length; counter++) {
            cell[counter] += sign * amounts[counter];
        }
    }
}
