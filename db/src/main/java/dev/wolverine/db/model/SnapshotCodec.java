package dev.wolverine.db.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a {@link Snapshot}: canonical, so that equal snapshots have equal bytes and
 * one hash.
 *
 * <p>One byte of version, then the fields in the order of the record, integers as protobuf's
 * (zigzag) varints. A group of optional fields begins with a varint whose bits say which are there.
 * A text that appeared before is written as its number in the order of first appearance, since
 * models and categories are named many times. A snapshot of five models, nine categories and ten
 * tools takes about 1.2 KB where the client's JSON takes 7.
 */
public final class SnapshotCodec {

    private static final int VERSION = 1;
    private static final int USUAL_TEXTS = 64;
    private static final int USUAL_BYTES = 4_096;

    private static final Snapshot.Dimension[] DIMENSIONS = Snapshot.Dimension.values();
    private static final int COUNTERS = Snapshot.Counter.values().length;

    private SnapshotCodec() {}

    /** The canonical bytes of a snapshot. */
    public static byte[] encode(Snapshot snapshot) {
        byte[] usual = new byte[USUAL_BYTES];
        CodedOutputStream out = CodedOutputStream.newInstance(usual);
        try {
            new Encoder(out).write(snapshot);
            return Arrays.copyOf(usual, out.getTotalBytesWritten());
        } catch (CodedOutputStream.OutOfSpaceException e) {
            return encodeLarge(snapshot);
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private static byte[] encodeLarge(Snapshot snapshot) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * USUAL_BYTES);
        try {
            new Encoder(CodedOutputStream.newInstance(bytes, USUAL_BYTES)).write(snapshot);
        } catch (IOException e) {
            throw inMemory(e);
        }
        return bytes.toByteArray();
    }

    private static IllegalStateException inMemory(IOException cause) {
        return new IllegalStateException("writing to memory cannot fail", cause);
    }

    /**
     * The snapshot that these bytes stand for.
     *
     * @throws IllegalArgumentException if they are none of ours, or of a later version
     */
    public static Snapshot decode(byte[] content) {
        return decode(content, true);
    }

    /**
     * The same without breakdowns of usage, namespaces, alerts and what is unknown, which are most
     * of a snapshot: they come out empty.
     */
    public static Snapshot decodeSums(byte[] content) {
        return decode(content, false);
    }

    private static Snapshot decode(byte[] content, boolean whole) {
        try {
            return new Decoder(CodedInputStream.newInstance(content)).read(whole);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "snapshot: "
                            + content.length
                            + " bytes that are none (expected: the "
                            + "encoding of version 1)",
                    e);
        }
    }

    /**
     * The first 64 bits of SHA-256. Two snapshots of one server and day that share them would be
     * taken for one: by chance once in 10^13 server days, and a client that builds such a pair
     * spoils only its own history.
     */
    public static long hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            long hash = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                hash = hash << 8 | digest[i] & 0xFF;
            }
            return hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static final class Encoder {
        private final CodedOutputStream out;
        private final Map<String, Integer> texts = HashMap.newHashMap(USUAL_TEXTS);

        Encoder(CodedOutputStream out) {
            this.out = out;
        }

        void write(Snapshot snapshot) throws IOException {
            out.write((byte) VERSION);
            texts(
                    snapshot.version(),
                    snapshot.name(),
                    snapshot.statusWord(),
                    snapshot.slowestPath());
            numbers(snapshot.port(), snapshot.totalRoutes(), snapshot.memories());
            Snapshot.Repairs repairs = snapshot.repairs();
            numbers(
                    repairs.total(),
                    repairs.successes(),
                    repairs.failures(),
                    repairs.successRateMilli(),
                    repairs.costMicros(),
                    repairs.tokens(),
                    repairs.averageTokensMilli());
            out.writeBoolNoTag(repairs.last() != null);
            if (repairs.last() != null) {
                lastRepair(repairs.last());
            }
            Snapshot.Totals totals = snapshot.totals();
            numbers(
                    totals.tokens(),
                    totals.calls(),
                    totals.costMicros(),
                    totals.cacheSavingsMicros());
            Snapshot.Backups backups = snapshot.backups();
            numbers(backups.total(), backups.stable(), backups.verified(), backups.unstable());
            out.writeUInt32NoTag(snapshot.usage().size());
            for (Snapshot.UsageEntry entry : snapshot.usage()) {
                usage(entry);
            }
            out.writeUInt32NoTag(snapshot.memoryNamespaces().size());
            for (Map.Entry<String, Long> namespace : snapshot.memoryNamespaces().entrySet()) {
                text(namespace.getKey());
                out.writeSInt64NoTag(namespace.getValue());
            }
            out.writeUInt32NoTag(snapshot.alertsJson().size());
            for (String alert : snapshot.alertsJson()) {
                text(alert);
            }
            out.writeUInt32NoTag(snapshot.unknown().size());
            for (Map.Entry<String, String> unknown : snapshot.unknown().entrySet()) {
                text(unknown.getKey());
                text(unknown.getValue());
            }
            out.flush();
        }

        private void lastRepair(Snapshot.LastRepair last) throws IOException {
            texts(last.error(), last.resolution(), last.mode(), last.model());
            Boolean success = last.success();
            numbers(
                    last.tokens(),
                    last.costMicros(),
                    success == null ? null : Long.valueOf(success ? 1 : 0),
                    last.timestampMillis(),
                    last.durationMilli());
        }

        private void usage(Snapshot.UsageEntry entry) throws IOException {
            out.writeUInt32NoTag(entry.dimension().code());
            text(entry.key());
            text(entry.category());
            out.writeUInt32NoTag(entry.present());
            for (int counter = 0; counter < COUNTERS; counter++) {
                if ((entry.present() & (1 << counter)) != 0) {
                    out.writeSInt64NoTag(entry.values()[counter]);
                }
            }
        }

        private void texts(@Nullable String... values) throws IOException {
            int present = 0;
            for (int i = 0; i < values.length; i++) {
                present |= values[i] == null ? 0 : 1 << i;
            }
            out.writeUInt32NoTag(present);
            for (String value : values) {
                if (value != null) {
                    text(value);
                }
            }
        }

        private void numbers(@Nullable Long... values) throws IOException {
            int present = 0;
            for (int i = 0; i < values.length; i++) {
                present |= values[i] == null ? 0 : 1 << i;
            }
            out.writeUInt32NoTag(present);
            for (Long value : values) {
                if (value != null) {
                    out.writeSInt64NoTag(value);
                }
            }
        }

        private void text(String value) throws IOException {
            Integer number = texts.putIfAbsent(value, texts.size() + 1);
            if (number != null) {
                out.writeUInt32NoTag(number);
            } else {
                out.writeUInt32NoTag(0);
                out.writeStringNoTag(value);
            }
        }
    }

    private static final class Decoder {
        private final CodedInputStream in;
        private final List<String> texts = new ArrayList<>();

        Decoder(CodedInputStream in) {
            this.in = in;
        }

        Snapshot read(boolean whole) throws IOException {
            int version = in.readRawByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "snapshot version: " + version + " (expected: " + VERSION + ")");
            }
            @Nullable String[] heading = texts(4);
            @Nullable Long[] gauges = numbers(3);
            @Nullable Long[] repairs = numbers(7);
            Snapshot.LastRepair last = in.readBool() ? lastRepair() : null;
            @Nullable Long[] totals = numbers(4);
            @Nullable Long[] backups = numbers(4);
            List<Snapshot.UsageEntry> usage = new ArrayList<>();
            SortedMap<String, Long> namespaces = new TreeMap<>();
            List<String> alerts = new ArrayList<>();
            SortedMap<String, String> unknown = new TreeMap<>();
            if (whole) {
                for (int left = in.readUInt32(); left > 0; left--) {
                    usage.add(usage());
                }
                for (int left = in.readUInt32(); left > 0; left--) {
                    namespaces.put(text(), in.readSInt64());
                }
                for (int left = in.readUInt32(); left > 0; left--) {
                    alerts.add(text());
                }
                for (int left = in.readUInt32(); left > 0; left--) {
                    unknown.put(text(), text());
                }
            }
            return new Snapshot(
                    heading[0],
                    heading[1],
                    gauges[0],
                    heading[2],
                    gauges[1],
                    heading[3],
                    new Snapshot.Repairs(
                            repairs[0],
                            repairs[1],
                            repairs[2],
                            repairs[3],
                            repairs[4],
                            repairs[5],
                            repairs[6],
                            last),
                    new Snapshot.Totals(totals[0], totals[1], totals[2], totals[3]),
                    usage,
                    gauges[2],
                    namespaces,
                    new Snapshot.Backups(backups[0], backups[1], backups[2], backups[3]),
                    alerts,
                    unknown);
        }

        private Snapshot.LastRepair lastRepair() throws IOException {
            @Nullable String[] words = texts(4);
            @Nullable Long[] numbers = numbers(5);
            Long success = numbers[2];
            return new Snapshot.LastRepair(
                    words[0],
                    words[1],
                    numbers[0],
                    numbers[1],
                    words[2],
                    success == null ? null : success == 1,
                    numbers[3],
                    words[3],
                    numbers[4]);
        }

        private Snapshot.UsageEntry usage() throws IOException {
            Snapshot.Dimension dimension = dimension(in.readUInt32());
            String key = text();
            String category = text();
            int present = in.readUInt32();
            long[] values = new long[COUNTERS];
            for (int counter = 0; counter < COUNTERS; counter++) {
                if ((present & (1 << counter)) != 0) {
                    values[counter] = in.readSInt64();
                }
            }
            return new Snapshot.UsageEntry(dimension, key, category, present, values);
        }

        private @Nullable String[] texts(int count) throws IOException {
            int present = in.readUInt32();
            @Nullable String[] values = new String[count];
            for (int i = 0; i < count; i++) {
                if ((present & (1 << i)) != 0) {
                    values[i] = text();
                }
            }
            return values;
        }

        private @Nullable Long[] numbers(int count) throws IOException {
            int present = in.readUInt32();
            @Nullable Long[] values = new Long[count];
            for (int i = 0; i < count; i++) {
                if ((present & (1 << i)) != 0) {
                    values[i] = in.readSInt64();
                }
            }
            return values;
        }

        private String text() throws IOException {
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

        private static Snapshot.Dimension dimension(int code) throws IOException {
            for (Snapshot.Dimension dimension : DIMENSIONS) {
                if (dimension.code() == code) {
                    return dimension;
                }
            }
            throw new IOException("dimension " + code);
        }
    }
}
