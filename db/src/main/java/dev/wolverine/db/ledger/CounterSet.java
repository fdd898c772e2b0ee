package dev.wolverine.db.ledger;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.wolverine.db.model.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All cumulative counters of an instance at one moment, by series; immutable. Its bytes are
 * canonical: equal sets have equal bytes.
 */
record CounterSet(SortedMap<SeriesKey, Counters> series) {

    static final CounterSet EMPTY = new CounterSet(new TreeMap<>());

    CounterSet {
        series = Collections.unmodifiableSortedMap(series);
    }

    /** What a snapshot counts. */
    static CounterSet of(Snapshot snapshot) {
        SortedMap<SeriesKey, Counters> series = new TreeMap<>();
        Snapshot.Totals totals = snapshot.totals();
        Builder total = new Builder();
        total.put(UsageCounter.TOKENS, totals.tokens());
        total.put(UsageCounter.CALLS, totals.calls());
        total.put(UsageCounter.COST_MICROS, totals.costMicros());
        total.put(UsageCounter.CACHE_SAVINGS_MICROS, totals.cacheSavingsMicros());
        total.into(series, SeriesKey.TOTAL);
        Snapshot.Repairs made = snapshot.repairs();
        Builder repairs = new Builder();
        repairs.put(UsageCounter.CALLS, made.total());
        repairs.put(UsageCounter.SUCCESSES, made.successes());
        repairs.put(UsageCounter.FAILURES, made.failures());
        repairs.put(UsageCounter.COST_MICROS, made.costMicros());
        repairs.put(UsageCounter.TOKENS, made.tokens());
        repairs.into(series, SeriesKey.REPAIRS);
        for (Snapshot.UsageEntry entry : snapshot.usage()) {
            Builder counters = new Builder();
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
        return new CounterSet(series);
    }

    /** Increases as a set. */
    static CounterSet ofIncreases(SortedMap<SeriesKey, long[]> increases) {
        SortedMap<SeriesKey, Counters> series = new TreeMap<>();
        increases.forEach((key, values) ->
                series.put(key, new Counters((1 << UsageCounter.COUNT) - 1, values)));
        return new CounterSet(series);
    }

    /** What {@link #ofIncreases} was made of. */
    SortedMap<SeriesKey, long[]> increases() {
        SortedMap<SeriesKey, long[]> increases = new TreeMap<>();
        series.forEach((key, counters) -> increases.put(key, counters.values()));
        return increases;
    }

    private static final Snapshot.Counter[] COUNTERS = Snapshot.Counter.values();

    Counters get(SeriesKey key) {
        return series.getOrDefault(key, Counters.NONE);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
            Map<String, Integer> texts = new HashMap<>();
            out.writeUInt32NoTag(series.size());
            for (Map.Entry<SeriesKey, Counters> entry : series.entrySet()) {
                out.writeUInt32NoTag(entry.getKey().dimension().code());
                text(out, texts, entry.getKey().key());
                text(out, texts, entry.getKey().category());
                Counters counters = entry.getValue();
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
            SortedMap<SeriesKey, Counters> series = new TreeMap<>();
            for (int left = in.readUInt32(); left > 0; left--) {
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
            return new CounterSet(series);
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

    private static final class Builder {
        private int present;
        private final long[] values = new long[UsageCounter.COUNT];

        void put(UsageCounter counter, @Nullable Long value) {
            if (value != null) {
                present |= 1 << counter.ordinal();
                values[counter.ordinal()] = value;
            }
        }

        void into(SortedMap<SeriesKey, Counters> series, SeriesKey key) {
            if (present != 0) {
                series.put(key, new Counters(present, values));
            }
        }
    }
}
