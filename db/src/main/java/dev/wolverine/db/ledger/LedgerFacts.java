package dev.wolverine.db.ledger;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a run over beats found: usage, which adds up, and events, of which the last word counts. For
 * one thread.
 */
public final class LedgerFacts {

    /**
     * Of the array that stands for a cell: after the counters, how many parts of it are estimated.
     */
    public static final int ESTIMATED = UsageCounter.COUNT;

    /** That an event is to be there, or no longer. */
    public record Change(LedgerEvent event, boolean isPresent) {}

    private static final long[] ZERO = new long[UsageCounter.COUNT + 1];

    private final Map<UsageKey, long[]> usage = new HashMap<>();
    private final Map<LedgerEvent.Key, Change> events = new HashMap<>();

    /** Amounts by {@link UsageCounter#ordinal()}, then {@link #ESTIMATED}. A cell may be zero. */
    public Map<UsageKey, long[]> usage() {
        return usage;
    }

    /** By key, what becomes of each. */
    public Map<LedgerEvent.Key, Change> events() {
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
        events.put(event.key(), new Change(event, true));
    }

    /** Takes back an event that this run put, or an earlier one. */
    void remove(LedgerEvent event) {
        Change put = events.remove(event.key());
        if (put == null || !put.isPresent()) {
            events.put(event.key(), new Change(event, false));
        }
    }

    /** Of two cells, a new array. */
    public static long[] sum(long[] a, long[] b) {
        long[] sum = new long[a.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    /** Drops cells that came to nothing. */
    public void dropZeros() {
        usage.values().removeIf(cell -> Arrays.equals(cell, ZERO));
    }

    /** What has to be added to the former facts to have these: cells that are zero left out. */
    public LedgerFacts minus(LedgerFacts former) {
        LedgerFacts difference = new LedgerFacts();
        usage.forEach((key, cell) -> difference.add(key, cell, 1));
        former.usage.forEach((key, cell) -> difference.add(key, cell, -1));
        difference.dropZeros();
        events.forEach((key, event) -> {
            if (!Objects.equals(event, former.events.get(key))) {
                difference.events.put(key, event);
            }
        });
        former.events.forEach((key, change) -> {
            if (!events.containsKey(key)) {
                difference.events.put(key, new Change(change.event(), !change.isPresent()));
            }
        });
        return difference;
    }

    private void add(UsageKey key, long[] amounts, int sign) {
        long[] cell = usage.computeIfAbsent(key, _ -> ZERO.clone());
        for (int counter = 0; counter < cell.length; counter++) {
            cell[counter] += sign * amounts[counter];
        }
    }
}
