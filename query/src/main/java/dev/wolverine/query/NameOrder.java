package dev.wolverine.query;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * The order of servers by name in lower case, then id, kept from question to question: names seldom
 * change. A server is its slot, a number from 0 without gaps.
 *
 * <p>Immutable. To take in k changes among n servers costs k log n comparisons of names and some
 * copies of n numbers.
 */
final class NameOrder {

    static final NameOrder EMPTY =
            new NameOrder(new int[0], new int[0], new String[0], new String[0]);

    private final int[] order;
    private final int[] ranks;
    private final String[] names;
    private final String[] ids;

    private NameOrder(int[] order, int[] ranks, String[] names, String[] ids) {
        this.order = order;
        this.ranks = ranks;
        this.names = names;
        this.ids = ids;
    }

    /**
     * What a slot is called now.
     *
     * @param name in lower case
     */
    record Named(int slot, String name, String id) {}

    int size() {
        return order.length;
    }

    /** The slot at this place. */
    int slot(int rank) {
        return order[rank];
    }

    /** The place of a slot below {@link #size()}. */
    int rank(int slot) {
        return ranks[slot];
    }

    /** Whether a slot below {@link #size()} is called so. */
    boolean isCalled(int slot, String name, String id) {
        return ids[slot].equals(id) && names[slot].equals(name);
    }

    /** How many stand at or before the place of this name and id, whether there is one or not. */
    int through(String name, String id) {
        return place(order, order.length, name, id, names, ids);
    }

    /**
     * With these slots called so.
     *
     * @param named the last of a slot counts; no slot may be left out between old and new ones
     */
    NameOrder with(List<Named> named) {
        int size = order.length;
        for (Named one : named) {
            size = Math.max(size, one.slot() + 1);
        }
        String[] newNames = Arrays.copyOf(names, size);
        String[] newIds = Arrays.copyOf(ids, size);
        BitSet moved = new BitSet(size);
        for (Named one : named) {
            newNames[one.slot()] = one.name();
            newIds[one.slot()] = one.id();
            moved.set(one.slot());
        }
        int[] stayed = Arrays.stream(order).filter(slot -> !moved.get(slot)).toArray();
        Integer[] coming = moved.stream().boxed().toArray(Integer[]::new);
        Arrays.sort(
                coming,
                Comparator.comparing((Integer slot) -> newNames[slot])
                        .thenComparing(slot -> newIds[slot]));
        int[] merged = merge(stayed, coming, newNames, newIds);
        int[] newRanks = new int[size];
        for (int rank = 0; rank < size; rank++) {
            newRanks[merged[rank]] = rank;
        }
        return new NameOrder(merged, newRanks, newNames, newIds);
    }

    private static int[] merge(int[] stayed, Integer[] coming, String[] names, String[] ids) {
        int[] merged = new int[stayed.length + coming.length];
        int from = 0;
        int to = 0;
        for (Integer slot : coming) {
            int place = place(stayed, stayed.length, names[slot], ids[slot], names, ids);
            int length = place - from;
            System.arraycopy(stayed, from, merged, to, length);
            from = place;
            to += length;
            merged[to++] = slot;
        }
        System.arraycopy(stayed, from, merged, to, stayed.length - from);
        return merged;
    }

    /** How many of a sorted array stand at or before this name and id. */
    private static int place(
            int[] sorted, int length, String name, String id, String[] names, String[] ids) {
        int low = 0;
        int high = length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int compared = names[sorted[middle]].compareTo(name);
            if (compared == 0) {
                compared = ids[sorted[middle]].compareTo(id);
            }
            if (compared <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
