package dev.wolverine.db.ledger;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.wolverine.db.model.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All cumulative counters of an instance at one moment, by series in their order; immutable. Its
 * bytes are canonical: equal sets have equal bytes.
 */
final class CounterSet {

    private static final Snapshot.Counter[] COUNTERS = Snapshot.Counter.values();

    private final SeriesKey[] keys;
    private final Counters[] values;

    private CounterSet(SeriesKey[] keys, Counters[] values) {
        this.keys = keys;
        this.values = values;
    }

    int size() {
        return keys.length;
    }

    SeriesKey key(int index) {
        return keys[index];
    }

    Counters counters(int index) {
        return values[index];
    }

    Counters get(SeriesKey key) {
        int index = Arrays.binarySearch(keys, key);
        return index < 0 ? Counters.NONE : values[index];
    }

    /** What a snapshot counts. */
    static CounterSet of(Snapshot snapshot) {
        Builder series = new Builder(snapshot.usage().size() + 2);
        Snapshot.Totals totals = snapshot.totals();
        Values total = new Values();
        total.put(UsageCounter.TOKENS, totals.tokens());
        total.put(UsageCounter.CALLS, totals.calls());
        total.put(UsageCounter.COST_MICROS, totals.costMicros());
        total.put(UsageCounter.CACHE_SAVINGS_MICROS, totals.cacheSavingsMicros());
        total.into(series, SeriesKey.TOTAL);
        Snapshot.Repairs made = snapshot.repairs();
        Values repairs = new Values();
        repairs.put(UsageCounter.CALLS, made.total());
        repairs.put(UsageCounter.SUCCESSES, made.successes());
        repairs.put(UsageCounter.FAILURES, made.failures());
        repairs.put(UsageCounter.COST_MICROS, made.costMicros());
        repairs.put(UsageCounter.TOKENS, made.tokens());
        repairs.into(series, SeriesKey.REPAIRS);
        for (Snapshot.UsageEntry entry : snapshot.usage()) {
            Values counters = new Values();
            for (Snapshot.Counter counter : COUNTERS) {
                UsageCounter counted = UsageCounter.of(counter);
                if (counted != null && entry.has(counter)) {
                    counters.put(counted, entry.value(counter));
                }
            }
            counters.into(
                    series,
                    new SeriesKey(
                            UsageDimension.of(entry.dimension()), entry.key(), entry.category()));
        }
        return series.build();
    }

    /** Increases as a set. */
    static CounterSet ofIncreases(SortedMap<SeriesKey, long[]> increases) {
        Builder series = new Builder(increases.size());
        increases.forEach((key, values) ->
                series.put(key, new Counters((1 << UsageCounter.COUNT) - 1, values)));
        return series.build();
    }

    /** What {@link #ofIncreases} was made of. */
    SortedMap<SeriesKey, long[]> increases() {
        SortedMap<SeriesKey, long[]> increases = new TreeMap<>();
        for (int i = 0; i < keys.length; i++) {
            increases.put(keys[i], values[i].values());
        }
        return increases;
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
            Map<String, Integer> texts = HashMap.newHashMap(keys.length);
            out.writeUInt32NoTag(keys.length);
            for (int i = 0; i < keys.length; i++) {
                out.writeUInt32NoTag(keys[i].dimension().code());
                text(out, texts, keys[i].key());
                text(out, texts, keys[i].category());
                Counters counters = values[i];
                out.writeUInt32NoTag(counters.present());
                for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                    if (counters.has(counter)) {
                        out.writeUInt64NoTag(counters.value(counter));
                    }
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The set that these bytes stand for.
     *
     * @throws IllegalArgumentException if they are none of ours
     */
    static CounterSet decode(byte[] content) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(content);
            List<String> texts = new ArrayList<>();
            int size = in.readUInt32();
            Builder series = new Builder(Math.min(size, content.length));
            for (int left = size; left > 0; left--) {
                UsageDimension dimension = UsageDimension.ofCode(in.readUInt32());
                SeriesKey key = new SeriesKey(dimension, text(in, texts), text(in, texts));
                int present = in.readUInt32();
                long[] values = new long[UsageCounter.COUNT];
                for (int counter = 0; counter < values.length; counter++) {
                    if ((present & (1 << counter)) != 0) {
                        values[counter] = in.readUInt64();
                    }
                }
                series.put(key, new Counters(present, values));
            }
            return series.build();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "counters: " + content.length + " bytes that are none", e);
        }
    }

    private static void text(CodedOutputStream out, Map<String, Integer> texts, String value)
            throws IOException {
        Integer number = texts.putIfAbsent(value, texts.size() + 1);
        out.writeUInt32NoTag(number == null ? 0 : number);
        if (number == null) {
            out.writeStringNoTag(value);
        }
    }

    private static String text(CodedInputStream in, List<String> texts) throws IOException {
        int number = in.readUInt32();
        if (number == 0) {
            String value = in.readString();
            texts.add(value);
            return value;
        }
        if (number > texts.size()) {
            throw new IOException("text number " + number + " of " + texts.size());
        }
        return texts.get(number - 1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CounterSet that
                && Arrays.equals(keys, that.keys)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        Map<SeriesKey, Counters> series = new TreeMap<>();
        for (int i = 0; i < keys.length; i++) {
            series.put(keys[i], values[i]);
        }
        return series.toString();
    }

    /** Takes series in any order; best in theirs. Of twins the later counts. */
    static final class Builder {
        private SeriesKey[] keys;
        private Counters[] values;
        private int size;
        private boolean isSorted = true;

        Builder(int expected) {
            keys = new SeriesKey[Math.max(1, expected)];
            values = new Counters[keys.length];
        }

        void put(SeriesKey key, Counters counters) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, size * 2);
                values = Arrays.copyOf(values, size * 2);
            }
            isSorted &= size == 0 || keys[size - 1].compareTo(key) < 0;
            keys[size] = key;
            values[size] = counters;
            size++;
        }

        CounterSet build() {
            if (isSorted) {
                return new CounterSet(Arrays.copyOf(keys, size), Arrays.copyOf(values, size));
            }
            TreeMap<SeriesKey, Counters> sorted = new TreeMap<>();
            for (int i = 0; i < size; i++) {
                sorted.put(keys[i], values[i]);
            }
            return new CounterSet(
                    sorted.keySet().toArray(SeriesKey[]::new),
                    sorted.values().toArray(Counters[]::new));
        }
    }

    /** The counters of one series. */
    private static final class Values {
        private int present;
        private final long[] values = new long[UsageCounter.COUNT];

        void put(UsageCounter counter, @Nullable Long value) {
            if (value != null) {
                present |= 1 << counter.ordinal();
                values[counter.ordinal()] = value;
            }
        }

        void into(Builder series, SeriesKey key) {
            if (present != 0) {
                series.put(key, new Counters(present, values));
            }
        }
    }
}
