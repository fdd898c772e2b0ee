package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Counters of one key while they are read. */
final class UsageDraft {

    private static final int COUNTERS = Snapshot.Counter.values().length;

    /** As far as a JavaScript client can count. */
    private static final long MAX_SUM = 1L << 53;

    private final Snapshot.Dimension dimension;
    private String key;
    private String category;
    private int present;
    private final long[] values = new long[COUNTERS];

    UsageDraft(Snapshot.Dimension dimension, String key, String category) {
        this.dimension = dimension;
        this.key = key;
        this.category = category;
    }

    void key(String newKey) {
        key = newKey;
    }

    void category(String newCategory) {
        category = newCategory;
    }

    void set(Snapshot.Counter counter, long value) {
        present |= 1 << counter.ordinal();
        values[counter.ordinal()] = value;
    }

    /**
     * The entries in their order. Those whose keys have become the same, by mending or cutting, are
     * one: what is counted is added up, of what is derived the highest stays.
     */
    static List<Snapshot.UsageEntry> build(List<UsageDraft> drafts) {
        List<Snapshot.UsageEntry> entries = new ArrayList<>(drafts.size());
        for (UsageDraft draft : drafts) {
            entries.add(draft.build());
        }
        Collections.sort(entries);
        for (int i = entries.size() - 1; i > 0; i--) {
            Snapshot.UsageEntry entry = entries.get(i);
            Snapshot.UsageEntry before = entries.get(i - 1);
            if (before.compareTo(entry) == 0) {
                entries.set(i - 1, sum(before, entry));
                entries.remove(i);
            }
        }
        return entries;
    }

    private Snapshot.UsageEntry build() {
        return new Snapshot.UsageEntry(dimension, key, category, present, values);
    }

    private static Snapshot.UsageEntry sum(Snapshot.UsageEntry one, Snapshot.UsageEntry other) {
        long[] values = one.values().clone();
        for (Snapshot.Counter counter : Snapshot.Counter.values()) {
            long more = other.value(counter);
            int at = counter.ordinal();
            values[at] =
                    counter.compareTo(Snapshot.Counter.SUCCESS_RATE) < 0
                            ? Math.min(values[at] + more, MAX_SUM)
                            : Math.max(values[at], more);
        }
        return new Snapshot.UsageEntry(
                one.dimension(),
                one.key(),
                one.category(),
                one.present() | other.present(),
                values);
    }
}
