package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Snapshot;

/** Counters of one key while they are read. */
final class UsageDraft {

    private static final int COUNTERS = Snapshot.Counter.values().length;

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

    Snapshot.UsageEntry build() {
        return new Snapshot.UsageEntry(dimension, key, category, present, values);
    }
}
