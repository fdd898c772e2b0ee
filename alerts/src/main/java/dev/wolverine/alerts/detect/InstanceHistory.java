package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.crash.HealLoopRule;
import dev.wolverine.alerts.crash.InstanceSignal;
import dev.wolverine.alerts.crash.RestartHistory;
import dev.wolverine.alerts.leak.LeakRule;
import dev.wolverine.alerts.leak.LeakVerdict;
import dev.wolverine.alerts.leak.MemoryHistory;
import dev.wolverine.alerts.leak.MemorySample;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that is remembered of one instance to judge it by. Beats may be added in any order, and those
 * that were there before must not be: {@link #newestMillis()} says up to when they are. Not
 * thread-safe.
 */
final class InstanceHistory {

    /** How far back beats are read to build a history anew: what its floors reach over. */
    static final long REACH_MILLIS = 30L * 3_600_000;

    private static final byte FORMAT = 1;
    private static final int HEADER = 1 + 3 * Long.BYTES;
    private static final int OUT_OF_STEP = 2;

    /** So few that no restart can hide a leak: nothing then changes within five minutes. */
    private static final int FEW_LIVES = 2;

    private final int serverId;
    private final UUID organisation;
    private final MemoryHistory memory;
    private final RestartHistory restarts;
    private final Rhythm rhythm = new Rhythm();
    private final RecentBeats recent = new RecentBeats();
    private @Nullable Counters counters;
    private long newestMillis = Long.MIN_VALUE;
    private long seenMillis = Long.MIN_VALUE;
    private long arrivedMillis = Long.MIN_VALUE;
    private long backupsSinceMillis = Long.MIN_VALUE;
    private ReportedStatus status = ReportedStatus.ABSENT;
    private int uptimeSeconds = Heartbeat.ABSENT;
    private int memoryMb = Heartbeat.ABSENT;
    private int peakMemoryMb = Heartbeat.ABSENT;
    private int cpuCentiPercent = Heartbeat.ABSENT;
    private int healthyRoutes = Heartbeat.ABSENT;
    private int unhealthyRoutes = Heartbeat.ABSENT;
    private int slowestMicros = Heartbeat.ABSENT;
    private short instances = 1;
    private long savedMillis;
    private List<HealLoopRule.Repairs> repairs = List.of();
    private @Nullable LeakRule leakRule;
    private @Nullable LeakVerdict leakVerdict;
    private long leakSecond;
    private int leakChanges;
    private int leakLimitMb;

    InstanceHistory(int serverId, UUID organisation) {
        this(serverId, organisation, new MemoryHistory(), new RestartHistory());
    }

    private InstanceHistory(
            int serverId, UUID organisation, MemoryHistory memory, RestartHistory restarts) {
        this.serverId = serverId;
        this.organisation = organisation;
        this.memory = memory;
        this.restarts = restarts;
    }

    /** Takes in beats of whichever order that were not taken in before. */
    void add(List<Heartbeat> beats) {
        for (Heartbeat beat : beats) {
            add(beat);
        }
    }

    /** A snapshot that is empty is the one that is known. */
    void add(Heartbeat beat) {
        long millis = beat.timestamp().toEpochMilli();
        long received = beat.receivedAt().toEpochMilli();
        Counters said = countersOf(beat);
        keepRhythm(millis, received);
        long second = Math.floorDiv(millis, 1_000);
        String version = said == null ? "" : said.version();
        memory.add(
                new MemorySample(
                        second, beat.memoryMb(), beat.pid(), beat.uptimeSeconds(), version));
        restarts.add(new InstanceSignal(second, beat.pid(), beat.uptimeSeconds(), version));
        recent.add(
                second,
                beat.unhealthyRoutes(),
                beat.slowestRouteMicros(),
                beat.status() == ReportedStatus.DOWN);
        if (backupsSinceMillis == Long.MIN_VALUE
                || said != null && counters != null && said.backups() != counters.backups()) {
            backupsSinceMillis = Math.max(backupsSinceMillis, millis);
        }
        if (millis >= newestMillis) {
            newestMillis = millis;
            counters = said;
            status = beat.status();
            uptimeSeconds = beat.uptimeSeconds();
            memoryMb = beat.memoryMb();
            peakMemoryMb = beat.peakMemoryMb();
            cpuCentiPercent = beat.cpuCentiPercent();
            healthyRoutes = beat.healthyRoutes();
            unhealthyRoutes = beat.unhealthyRoutes();
            slowestMicros = beat.slowestRouteMicros();
        }
        seenMillis = Math.max(seenMillis, received);
    }

    private @Nullable Counters countersOf(Heartbeat beat) {
        Counters known = counters;
        boolean isEmpty = beat.snapshot().length == 0;
        if (known != null && known.hash() == beat.snapshotHash() && (known.isWhole() || isEmpty)) {
            return known;
        }
        return isEmpty ? known : Counters.of(beat);
    }

    /**
     * Of live beats only: one that is older than the newest was queued, and one of a queue that
     * comes in order follows the one before sooner than it was made.
     */
    private void keepRhythm(long millis, long received) {
        if (millis <= newestMillis || received <= arrivedMillis) {
            return;
        }
        if (arrivedMillis != Long.MIN_VALUE
                && (received - arrivedMillis) * OUT_OF_STEP >= millis - newestMillis) {
            rhythm.add(received - arrivedMillis);
        }
        arrivedMillis = received;
    }

    /** What the database keeps besides the beats; newer gauges are left as they are. */
    void restate(ServerState state) {
        instances = (short) Math.min(state.instances(), Short.MAX_VALUE);
        long millis = state.timestamp().toEpochMilli();
        seenMillis = Math.max(seenMillis, state.lastSeen().toEpochMilli());
        if (millis < newestMillis && counters != null) {
            return;
        }
        if (counters == null || counters.hash() != state.snapshotHash()) {
            counters = Counters.of(state);
        }
        status = state.status();
        uptimeSeconds = state.uptimeSeconds();
        memoryMb = state.memoryMb();
        peakMemoryMb = state.peakMemoryMb();
        cpuCentiPercent = state.cpuCentiPercent();
        healthyRoutes = state.healthyRoutes();
        unhealthyRoutes = state.unhealthyRoutes();
        slowestMicros = state.slowestRouteMicros();
    }

    void remember(List<HealLoopRule.Repairs> made) {
        repairs = List.copyOf(made);
    }

    /**
     * The verdict on its newest beat; found once for each five minutes, and for what comes late.
     */
    LeakVerdict leak(LeakRule rule) {
        int limitMb = counters == null ? Heartbeat.ABSENT : counters.limitMb();
        long bucket = Math.floorDiv(memory.newestSecond(), 300);
        LeakVerdict known = leakVerdict;
        if (known != null
                && leakRule == rule
                && leakSecond == bucket
                && memory.lifeCount() <= FEW_LIVES
                && leakChanges == memory.changes() + memory.lifeCount()
                && leakLimitMb == limitMb) {
            return known;
        }
        LeakVerdict verdict =
                rule.judge(
                        memory,
                        limitMb == Heartbeat.ABSENT
                                ? OptionalInt.empty()
                                : OptionalInt.of(limitMb));
        leakRule = rule;
        leakSecond = bucket;
        leakChanges = memory.changes() + memory.lifeCount();
        leakLimitMb = limitMb;
        leakVerdict = verdict;
        return verdict;
    }

    int serverId() {
        return serverId;
    }

    UUID organisation() {
        return organisation;
    }

    MemoryHistory memory() {
        return memory;
    }

    RestartHistory restarts() {
        return restarts;
    }

    Rhythm rhythm() {
        return rhythm;
    }

    RecentBeats recent() {
        return recent;
    }

    List<HealLoopRule.Repairs> repairs() {
        return repairs;
    }

    @Nullable Counters counters() {
        return counters;
    }

    /** Client time of the newest beat; {@link Long#MIN_VALUE} if there is none. */
    long newestMillis() {
        return newestMillis;
    }

    /** When a beat last came, our clock; {@link Long#MIN_VALUE} if none did. */
    long seenMillis() {
        return seenMillis;
    }

    /** Client time at which the number of backups was last another than before. */
    long backupsSinceMillis() {
        return backupsSinceMillis;
    }

    ReportedStatus status() {
        return status;
    }

    int uptimeSeconds() {
        return uptimeSeconds;
    }

    int memoryMb() {
        return memoryMb;
    }

    int peakMemoryMb() {
        return peakMemoryMb;
    }

    int cpuCentiPercent() {
        return cpuCentiPercent;
    }

    int healthyRoutes() {
        return healthyRoutes;
    }

    int unhealthyRoutes() {
        return unhealthyRoutes;
    }

    int slowestMicros() {
        return slowestMicros;
    }

    int instances() {
        return instances;
    }

    /** When it was last written, our clock; 0 if that is not known. */
    long savedMillis() {
        return savedMillis;
    }

    void saved(long millis) {
        savedMillis = millis;
    }

    byte[] toBytes() {
        byte[] floors = memory.toBytes();
        byte[] lives = restarts.toBytes();
        ByteBuffer buffer =
                ByteBuffer.allocate(
                        HEADER
                                + Rhythm.BYTES
                                + RecentBeats.BYTES
                                + 2 * Short.BYTES
                                + floors.length
                                + lives.length);
        buffer.put(FORMAT).putLong(newestMillis).putLong(seenMillis).putLong(backupsSinceMillis);
        rhythm.write(buffer);
        recent.write(buffer);
        buffer.putShort((short) floors.length).put(floors);
        buffer.putShort((short) lives.length).put(lives);
        return buffer.array();
    }

    /**
     * @throws IllegalArgumentException if these are not bytes of {@link #toBytes()}
     */
    static InstanceHistory ofBytes(int serverId, UUID organisation, byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            if (buffer.get() != FORMAT) {
                throw new IllegalArgumentException(
                        "format: " + bytes[0] + " (expected: " + FORMAT + ")");
            }
            long newest = buffer.getLong();
            long seen = buffer.getLong();
            long backups = buffer.getLong();
            buffer.position(HEADER + Rhythm.BYTES + RecentBeats.BYTES);
            byte[] floors = new byte[buffer.getShort()];
            buffer.get(floors);
            byte[] lives = new byte[buffer.getShort()];
            buffer.get(lives);
            InstanceHistory history =
                    new InstanceHistory(
                            serverId,
                            organisation,
                            MemoryHistory.ofBytes(floors),
                            RestartHistory.ofBytes(lives));
            history.newestMillis = newest;
            history.seenMillis = seen;
            history.arrivedMillis = seen;
            history.backupsSinceMillis = backups;
            buffer.position(HEADER);
            history.rhythm.read(buffer);
            history.recent.read(buffer);
            return history;
        } catch (java.nio.BufferUnderflowException
                | NegativeArraySizeException
                | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "length: " + bytes.length + " (expected: all bytes of a history)", e);
        }
    }
}
