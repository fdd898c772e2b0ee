package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatFlags;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A heartbeat while it is read: where both decoders meet, so that bounds, rounding and mending are
 * the same for both.
 *
 * <p>A number that is negative, not finite or beyond its bound is rejected: it stays absent, is
 * kept among the unknown keys under its JSON pointer, and the beat is flagged. Never fails on odd
 * content. For one thread.
 */
public final class HeartbeatDraft implements DecodedBeat {

    /** Longest text of a known field as sent, characters; what is stored of it is shorter. */
    static final int MAX_TEXT = 64 * 1024;

    /** Longest key as sent, bytes of UTF-8. */
    static final int MAX_KEY = 1_024;

    private static final int MAX_NAME = 256;
    private static final int MAX_PATH = 1_024;
    private static final int MAX_PROSE = 16_384;

    /** Beyond 2^53 a JavaScript client cannot count. */
    private static final double MAX_COUNT = 9_007_199_254_740_992d;

    /** A billion dollars. */
    private static final double MAX_DOLLARS = 1e9;

    private static final double MAX_MILLI = 1e12;
    private static final int MAX_UNKNOWN = 1_000;
    private static final int MAX_USAGE_ENTRIES = 10_000;

    private @Nullable String instanceId;
    private @Nullable Long timestampMillis;
    private boolean timestampOdd;
    private boolean tooLarge;
    private int flags;

    private @Nullable String version;
    private @Nullable String name;
    private @Nullable Long port;
    private ReportedStatus status = ReportedStatus.ABSENT;
    private @Nullable String statusWord;
    private final int[] narrow = NarrowField.none();
    private final Blanks blanks = new Blanks();
    private @Nullable Long totalRoutes;
    private @Nullable String slowestPath;

    private @Nullable Long repairs;
    private @Nullable Long repairSuccesses;
    private @Nullable Long repairFailures;
    private @Nullable Long repairSuccessRateMilli;
    private @Nullable Long repairCostMicros;
    private @Nullable Long repairTokens;
    private @Nullable Long repairAverageTokensMilli;
    private Snapshot.@Nullable LastRepair lastRepair;

    private @Nullable Long tokens;
    private @Nullable Long calls;
    private @Nullable Long costMicros;
    private @Nullable Long cacheSavingsMicros;
    private final List<UsageDraft> usage = new ArrayList<>();
    private @Nullable List<Snapshot.UsageEntry> sortedUsage;

    private @Nullable Long memories;
    private final SortedMap<String, Long> memoryNamespaces = new TreeMap<>();
    private @Nullable Long backups;
    private @Nullable Long stableBackups;
    private @Nullable Long verifiedBackups;
    private @Nullable Long unstableBackups;
    private final List<String> alertsJson = new ArrayList<>();
    private final SortedMap<String, String> unknown = new TreeMap<>();

    @Override
    public @Nullable String instanceId() {
        return instanceId;
    }

    @Override
    public @Nullable String name() {
        return name;
    }

    @Override
    public @Nullable Integer port() {
        return port == null ? null : Math.toIntExact(port);
    }

    @Override
    public @Nullable Long timestampMillis() {
        return timestampMillis;
    }

    @Override
    public boolean isTimestampOdd() {
        return timestampOdd;
    }

    /** Where the decoder saw narrow numbers, if it says so. */
    Blanks blanks() {
        return blanks;
    }

    /** Whether every text and number was as it should be. */
    boolean isClean() {
        return flags == 0;
    }

    /** Whether a text or a key was sent that is beyond its bound. */
    boolean isTooLarge() {
        return tooLarge;
    }

    @Override
    public Heartbeat build(
            Identity identity, Instant timestamp, Instant receivedAt, int moreFlags) {
        byte[] snapshot = SnapshotCodec.encode(snapshot());
        return new Heartbeat(
                identity,
                timestamp,
                receivedAt,
                status,
                narrow[NarrowField.PID.ordinal()],
                narrow[NarrowField.UPTIME_SECONDS.ordinal()],
                narrow[NarrowField.MEMORY_MB.ordinal()],
                narrow[NarrowField.PEAK_MEMORY_MB.ordinal()],
                narrow[NarrowField.CPU_CENTI_PERCENT.ordinal()],
                narrow[NarrowField.HEALTHY_ROUTES.ordinal()],
                narrow[NarrowField.UNHEALTHY_ROUTES.ordinal()],
                narrow[NarrowField.SLOWEST_ROUTE_MICROS.ordinal()],
                flags | moreFlags,
                snapshot,
                SnapshotCodec.hash(snapshot));
    }

    /** Whether two breakdowns of the usage until now have the same keys. */
    boolean hasKeysTwice() {
        return usageEntries().size() < usage.size();
    }

    private List<Snapshot.UsageEntry> usageEntries() {
        if (sortedUsage == null) {
            sortedUsage = UsageDraft.build(usage);
        }
        return sortedUsage;
    }

    private Snapshot snapshot() {
        return new Snapshot(
                version,
                name,
                port,
                statusWord,
                totalRoutes,
                slowestPath,
                new Snapshot.Repairs(
                        repairs,
                        repairSuccesses,
                        repairFailures,
                        repairSuccessRateMilli,
                        repairCostMicros,
                        repairTokens,
                        repairAverageTokensMilli,
                        lastRepair),
                new Snapshot.Totals(tokens, calls, costMicros, cacheSavingsMicros),
                usageEntries(),
                memories,
                memoryNamespaces,
                new Snapshot.Backups(backups, stableBackups, verifiedBackups, unstableBackups),
                alertsJson,
                unknown);
    }

    /** An empty one names nobody, and is as good as none. */
    void instanceId(String value) {
        tooLarge |= value.length() > MAX_TEXT;
        instanceId = value.isEmpty() ? null : value;
    }

    void number(NarrowField field, double value, Pointer pointer) {
        if (field == NarrowField.TIMESTAMP) {
            timestamp(value);
            return;
        }
        int stored = field.stored(value);
        if (stored == Heartbeat.ABSENT) {
            rejected(pointer, value);
        }
        narrow[field.ordinal()] = stored;
    }

    /** Beyond what a long holds it is as far away as that. */
    void timestamp(double value) {
        if (Double.isFinite(value)) {
            timestampMillis = (long) Math.floor(value);
        } else {
            timestampOdd = true;
        }
    }

    void oddTimestamp() {
        timestampOdd = true;
    }

    void version(String value) {
        version = text(value, MAX_NAME);
    }

    void name(String value) {
        name = text(value, MAX_NAME);
    }

    void port(double value, Pointer pointer) {
        port = bounded(value, 65_535, pointer);
    }

    void status(String word) {
        status = ReportedStatus.ofWord(word);
        statusWord = status == ReportedStatus.OTHER ? text(word, MAX_NAME) : null;
    }

    void totalRoutes(double value, Pointer pointer) {
        totalRoutes = bounded(value, Integer.MAX_VALUE, pointer);
    }

    void slowestPath(String value) {
        slowestPath = text(value, MAX_PATH);
    }

    void repairs(double value, Pointer pointer) {
        repairs = count(value, pointer);
    }

    void repairSuccesses(double value, Pointer pointer) {
        repairSuccesses = count(value, pointer);
    }

    void repairFailures(double value, Pointer pointer) {
        repairFailures = count(value, pointer);
    }

    void repairSuccessRate(double value, Pointer pointer) {
        repairSuccessRateMilli = milli(value, pointer);
    }

    void repairCost(double value, Pointer pointer) {
        repairCostMicros = micros(value, pointer);
    }

    void repairTokens(double value, Pointer pointer) {
        repairTokens = count(value, pointer);
    }

    void repairAverageTokens(double value, Pointer pointer) {
        repairAverageTokensMilli = milli(value, pointer);
    }

    void lastRepair(Snapshot.LastRepair value) {
        lastRepair = value;
    }

    void tokens(double value, Pointer pointer) {
        tokens = count(value, pointer);
    }

    void calls(double value, Pointer pointer) {
        calls = count(value, pointer);
    }

    void cost(double value, Pointer pointer) {
        costMicros = micros(value, pointer);
    }

    void cacheSavings(double value, Pointer pointer) {
        cacheSavingsMicros = micros(value, pointer);
    }

    void usage(UsageDraft entry) {
        sortedUsage = null;
        if (usage.size() < MAX_USAGE_ENTRIES) {
            usage.add(entry);
        } else {
            flags |= HeartbeatFlags.VALUE_REJECTED;
        }
    }

    void counter(UsageDraft entry, Snapshot.Counter counter, double value, Pointer pointer) {
        Long stored =
                switch (counter.unit()) {
                    case COUNT -> count(value, pointer);
                    case DOLLARS -> micros(value, pointer);
                    case MILLI -> milli(value, pointer);
                };
        if (stored != null) {
            entry.set(counter, stored);
        }
    }

    void memories(double value, Pointer pointer) {
        memories = count(value, pointer);
    }

    void memoryNamespace(String namespace, double value, Pointer pointer) {
        String key = mapKey(namespace);
        Long stored = count(value, pointer);
        if (stored == null) {
            return;
        }
        if (memoryNamespaces.size() < MAX_UNKNOWN || memoryNamespaces.containsKey(key)) {
            memoryNamespaces.merge(key, stored, Math::max);
        } else {
            flags |= HeartbeatFlags.VALUE_REJECTED;
        }
    }

    void backups(double value, Pointer pointer) {
        backups = count(value, pointer);
    }

    void stableBackups(double value, Pointer pointer) {
        stableBackups = count(value, pointer);
    }

    void verifiedBackups(double value, Pointer pointer) {
        verifiedBackups = count(value, pointer);
    }

    void unstableBackups(double value, Pointer pointer) {
        unstableBackups = count(value, pointer);
    }

    void alert(String json) {
        if (alertsJson.size() < MAX_UNKNOWN) {
            alertsJson.add(clean(json, MAX_PROSE));
        } else {
            flags |= HeartbeatFlags.VALUE_REJECTED;
        }
    }

    /** Keeps what no field is made for. Of two at one place the greater counts, not the later. */
    void unknown(String pointer, String json) {
        String place = clean(pointer, MAX_PATH);
        if (unknown.size() < MAX_UNKNOWN || unknown.containsKey(place)) {
            unknown.merge(
                    place,
                    clean(json, MAX_PROSE),
                    (one, other) -> one.compareTo(other) < 0 ? other : one);
        } else {
            flags |= HeartbeatFlags.VALUE_REJECTED;
        }
    }

    /** Keeps a value that its field cannot take. */
    void rejected(Pointer pointer, String json) {
        flags |= HeartbeatFlags.VALUE_REJECTED;
        unknown(pointer.text(), json);
    }

    /** Notes that a text was mended before it came here. */
    void mended() {
        flags |= HeartbeatFlags.TEXT_MENDED;
    }

    String key(String value) {
        return text(value, MAX_NAME);
    }

    /** What is stored of the key of a map. */
    String mapKey(String value) {
        bound(value);
        return text(value, MAX_NAME);
    }

    /** Notes whether the key of a map is beyond its bound. */
    void bound(String mapKey) {
        tooLarge |=
                mapKey.length() > MAX_KEY / 3
                        && mapKey.getBytes(StandardCharsets.UTF_8).length > MAX_KEY;
    }

    String prose(String value) {
        return text(value, MAX_PROSE);
    }

    @Nullable Long count(double value, Pointer pointer) {
        return bounded(value, MAX_COUNT, pointer);
    }

    @Nullable Long micros(double dollars, Pointer pointer) {
        return scaled(dollars, MAX_DOLLARS, 1_000_000, pointer);
    }

    @Nullable Long milli(double value, Pointer pointer) {
        return scaled(value, MAX_MILLI, 1_000, pointer);
    }

    private @Nullable Long bounded(double value, double max, Pointer pointer) {
        return scaled(value, max, 1, pointer);
    }

    private @Nullable Long scaled(double value, double max, int scale, Pointer pointer) {
        if (!(value >= 0 && value <= max)) {
            rejected(pointer, value);
            return null;
        }
        return Math.min(Math.round(value * scale), Math.round(max * scale));
    }

    private void rejected(Pointer pointer, double value) {
        rejected(pointer, Double.isFinite(value) ? number(value) : "\"" + value + "\"");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < MAX_COUNT
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private String text(String value, int maxLength) {
        tooLarge |= value.length() > MAX_TEXT;
        return clean(value, maxLength);
    }

    private String clean(String value, int maxLength) {
        String clean = CleanText.of(value, maxLength);
        if (!clean.equals(value)) {
            flags |= HeartbeatFlags.TEXT_MENDED;
        }
        return clean;
    }
}
