package dev.wolverine.alerts.expression;

import dev.wolverine.alerts.rule.RuleParameters.Threshold.Field;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one beat.
 *
 * @param at the client's clock
 * @param receivedAt ours
 * @param status as the client calls itself, in lower case
 * @param pid {@link Heartbeat#ABSENT} if not sent
 * @param version empty if not sent
 */
public record Sample(
        Instant at,
        Instant receivedAt,
        String status,
        int pid,
        int uptimeSeconds,
        String version,
        Map<Field, Double> values) {

    private static final double MICROS = 1e6;

    public Sample {
        values = Map.copyOf(values);
    }

    /** Empty if it was not sent. */
    public OptionalDouble value(Field field) {
        Double value = values.get(field);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    public static Sample of(ServerState state) {
        Map<Field, Double> values = new EnumMap<>(Field.class);
        put(values, Field.MEMORY_MB, state.memoryMb(), 1);
        put(values, Field.PEAK_MEMORY_MB, state.peakMemoryMb(), 1);
        put(values, Field.CPU_PERCENT, state.cpuCentiPercent(), 100);
        put(values, Field.UPTIME_SECONDS, state.uptimeSeconds(), 1);
        put(values, Field.ROUTES_HEALTHY, state.healthyRoutes(), 1);
        put(values, Field.ROUTES_UNHEALTHY, state.unhealthyRoutes(), 1);
        put(values, Field.ROUTES_TOTAL, state.totalRoutes(), 1);
        put(values, Field.SLOWEST_ROUTE_MS, state.slowestRouteMicros(), 1_000);
        put(values, Field.REPAIRS, state.repairs(), 1);
        put(values, Field.REPAIR_SUCCESSES, state.repairSuccesses(), 1);
        put(values, Field.REPAIR_FAILURES, state.repairFailures(), 1);
        put(values, Field.REPAIR_COST_DOLLARS, state.repairCostMicros(), MICROS);
        put(values, Field.TOKENS, state.tokens(), 1);
        put(values, Field.CALLS, state.calls(), 1);
        put(values, Field.COST_DOLLARS, state.costMicros(), MICROS);
        put(values, Field.CACHE_SAVINGS_DOLLARS, state.cacheSavingsMicros(), MICROS);
        put(values, Field.MEMORIES, state.memories(), 1);
        put(values, Field.BACKUPS, state.backups(), 1);
        put(values, Field.INSTANCES, state.instances(), 1);
        return new Sample(
                state.timestamp(),
                state.lastSeen(),
                state.status().label(),
                state.pid(),
                state.uptimeSeconds(),
                Objects.requireNonNullElse(state.version(), ""),
                values);
    }

    /** A stored beat; how many share its id is not known of the past. */
    public static Sample of(Heartbeat beat) {
        Snapshot snapshot = SnapshotCodec.decodeSums(beat.snapshot());
        Map<Field, Double> values = new EnumMap<>(Field.class);
        put(values, Field.MEMORY_MB, beat.memoryMb(), 1);
        put(values, Field.PEAK_MEMORY_MB, beat.peakMemoryMb(), 1);
        put(values, Field.CPU_PERCENT, beat.cpuCentiPercent(), 100);
        put(values, Field.UPTIME_SECONDS, beat.uptimeSeconds(), 1);
        put(values, Field.ROUTES_HEALTHY, beat.healthyRoutes(), 1);
        put(values, Field.ROUTES_UNHEALTHY, beat.unhealthyRoutes(), 1);
        put(values, Field.ROUTES_TOTAL, snapshot.totalRoutes(), 1);
        put(values, Field.SLOWEST_ROUTE_MS, beat.slowestRouteMicros(), 1_000);
        put(values, Field.REPAIRS, snapshot.repairs().total(), 1);
        put(values, Field.REPAIR_SUCCESSES, snapshot.repairs().successes(), 1);
        put(values, Field.REPAIR_FAILURES, snapshot.repairs().failures(), 1);
        put(values, Field.REPAIR_COST_DOLLARS, snapshot.repairs().costMicros(), MICROS);
        put(values, Field.TOKENS, snapshot.totals().tokens(), 1);
        put(values, Field.CALLS, snapshot.totals().calls(), 1);
        put(values, Field.COST_DOLLARS, snapshot.totals().costMicros(), MICROS);
        put(values, Field.CACHE_SAVINGS_DOLLARS, snapshot.totals().cacheSavingsMicros(), MICROS);
        put(values, Field.MEMORIES, snapshot.memories(), 1);
        put(values, Field.BACKUPS, snapshot.backups().total(), 1);
        put(values, Field.INSTANCES, 1, 1);
        return new Sample(
                beat.timestamp(),
                beat.receivedAt(),
                beat.status().label(),
                beat.pid(),
                beat.uptimeSeconds(),
                Objects.requireNonNullElse(snapshot.version(), ""),
                values);
    }

    private static void put(
            Map<Field, Double> values, Field field, @Nullable Long value, double divisor) {
        if (value != null) {
            put(values, field, value.longValue(), divisor);
        }
    }

    private static void put(Map<Field, Double> values, Field field, long value, double divisor) {
        if (value != Heartbeat.ABSENT) {
            values.put(field, value / divisor);
        }
    }
}
