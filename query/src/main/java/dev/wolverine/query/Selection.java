package dev.wolverine.query;

import java.util.Arrays;
import java.util.List;

/**
 * The least n of what is offered, by key, then rank: a heap of n with the greatest on top, so that
 * most offers cost one comparison. For one thread.
 */
final class Selection {

    private final long[] keys;
    private final int[] ranks;
    private final ServerView[] views;
    private int size;

    Selection(int n) {
        keys = new long[n];
        ranks = new int[n];
        views = new ServerView[n];
    }

    void offer(long key, int rank, ServerView view) {
        if (size < keys.length) {
            rise(size++, key, rank, view);
        } else if (isLess(key, rank, keys[0], ranks[0])) {
            sink(0, size, key, rank, view);
        }
    }

    /** In order, without the first so many. Empties the heap. */
    List<ServerView> sorted(int from) {
        int count = size;
        for (int end = size - 1; end > 0; end--) {
            ServerView greatest = views[0];
            sink(0, end, keys[end], ranks[end], views[end]);
            views[end] = greatest;
        }
        size = 0;
        return from >= count ? List.of() : List.of(Arrays.copyOfRange(views, from, count));
    }

    private void rise(int start, long key, int rank, ServerView view) {
        int at = start;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isLess(keys[parent], ranks[parent], key, rank)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, key, rank, view);
    }

    private void sink(int start, int end, long key, int rank, ServerView view) {
        int at = start;
        int child;
        while ((child = 2 * at + 1) < end) {
            if (child + 1 < end
                    && isLess(keys[child], ranks[child], keys[child + 1], ranks[child + 1])) {
                child++;
            }
            if (!isLess(key, rank, keys[child], ranks[child])) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, key, rank, view);
    }

    private void move(int from, int to) {
        put(to, keys[from], ranks[from], views[from]);
    }

    private void put(int at, long key, int rank, ServerView view) {
        keys[at] = key;
        ranks[at] = rank;
        views[at] = view;
    }

    private static boolean isLess(long keyA, int rankA, long keyB, int rankB) {
        return keyA < keyB || (keyA == keyB && rankA < rankB);
    }
}
