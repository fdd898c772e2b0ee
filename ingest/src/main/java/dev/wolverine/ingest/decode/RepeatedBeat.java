package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The numbers that were read from a body by a {@link BeatTemplate}. */
final class RepeatedBeat implements DecodedBeat {

    private final BeatTemplate template;
    private final long timestampMillis;
    private final int[] values;
    private final int[] ends;

    /**
     * @param values by ordinal of {@link NarrowField}, without the timestamp
     * @param ends where each blank ended in the body
     */
    RepeatedBeat(BeatTemplate template, long timestampMillis, int[] values, int[] ends) {
        this.template = template;
        this.timestampMillis = timestampMillis;
        this.values = values;
        this.ends = ends;
    }

    int end(int blank) {
        return ends[blank];
    }

    /** Whether this beat is the one that was decoded. */
    boolean says(Heartbeat heartbeat) {
        return timestampMillis == heartbeat.timestamp().toEpochMilli()
                && value(NarrowField.PID) == heartbeat.pid()
                && value(NarrowField.UPTIME_SECONDS) == heartbeat.uptimeSeconds()
                && value(NarrowField.MEMORY_MB) == heartbeat.memoryMb()
                && value(NarrowField.PEAK_MEMORY_MB) == heartbeat.peakMemoryMb()
                && value(NarrowField.CPU_CENTI_PERCENT) == heartbeat.cpuCentiPercent()
                && value(NarrowField.HEALTHY_ROUTES) == heartbeat.healthyRoutes()
                && value(NarrowField.UNHEALTHY_ROUTES) == heartbeat.unhealthyRoutes()
                && value(NarrowField.SLOWEST_ROUTE_MICROS) == heartbeat.slowestRouteMicros();
    }

    @Override
    public @Nullable String instanceId() {
        return template.instanceId();
    }

    @Override
    public @Nullable String name() {
        return sums().name();
    }

    @Override
    public @Nullable Integer port() {
        Long port = sums().port();
        return port == null ? null : Math.toIntExact(port);
    }

    private Snapshot sums() {
        return SnapshotCodec.decodeSums(template.snapshot());
    }

    @Override
    public Long timestampMillis() {
        return timestampMillis;
    }

    @Override
    public boolean isTimestampOdd() {
        return false;
    }

    @Override
    public Heartbeat build(
            Identity identity, Instant timestamp, Instant receivedAt, int moreFlags) {
        return new Heartbeat(
                identity,
                timestamp,
                receivedAt,
                template.status(),
                value(NarrowField.PID),
                value(NarrowField.UPTIME_SECONDS),
                value(NarrowField.MEMORY_MB),
                value(NarrowField.PEAK_MEMORY_MB),
                value(NarrowField.CPU_CENTI_PERCENT),
                value(NarrowField.HEALTHY_ROUTES),
                value(NarrowField.UNHEALTHY_ROUTES),
                value(NarrowField.SLOWEST_ROUTE_MICROS),
                moreFlags,
                template.snapshot(),
                template.snapshotHash());
    }

    private int value(NarrowField field) {
        return values[field.ordinal()];
    }
}
