package dev.wolverine.bench.ledger;

import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.Routes;
import dev.wolverine.proto.v1.Server;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The narrow columns of one row of {@code heartbeats}, in the order of {@link #NAMES}; {@link
 * #ABSENT} where the client sent nothing.
 */
final class NarrowColumns {
    static final int ABSENT = -1;

    static final List<String> NAMES =
            List.of(
                    "pid",
                    "uptime_s",
                    "memory_mb",
                    "peak_memory_mb",
                    "cpu_centi_percent",
                    "routes_healthy",
                    "routes_unhealthy",
                    "slowest_us",
                    "flags",
                    "status");

    private final int[] values;

    /** One value a name; copied. */
    NarrowColumns(int... values) {
        if (values.length != NAMES.size()) {
            throw new IllegalArgumentException(
                    "values: %d (expected: %d)".formatted(values.length, NAMES.size()));
        }
        this.values = values.clone();
    }

    /** What must be stored of this beat. Every beat of the simulation is stored without a flag. */
    static NarrowColumns of(Heartbeat heartbeat) {
        Server server = heartbeat.getServer();
        Process process = heartbeat.getProcess();
        Routes routes = heartbeat.getRoutes();
        return new NarrowColumns(
                server.hasPid() ? server.getPid() : ABSENT,
                server.hasUptime() ? (int) server.getUptime() : ABSENT,
                process.hasMemoryMb() ? rounded(process.getMemoryMb()) : ABSENT,
                process.hasPeakMemoryMb() ? rounded(process.getPeakMemoryMb()) : ABSENT,
                process.hasCpuPercent() ? rounded(process.getCpuPercent() * 100) : ABSENT,
                routes.hasHealthy() ? routes.getHealthy() : ABSENT,
                routes.hasUnhealthy() ? routes.getUnhealthy() : ABSENT,
                routes.getSlowest().hasAvgMs()
                        ? rounded(routes.getSlowest().getAvgMs() * 1000)
                        : ABSENT,
                0,
                status(server.hasStatus() ? server.getStatus() : null));
    }

    private static int rounded(double value) {
        return (int) Math.round(value);
    }

    private static int status(@Nullable String word) {
        return switch (word == null ? "" : word.toLowerCase(Locale.ROOT)) {
            case "" -> 0;
            case "healthy" -> 1;
            case "degraded" -> 2;
            case "down" -> 3;
            default -> 9;
        };
    }

    /** One `column: expected <> stored` for each difference. */
    List<String> differences(NarrowColumns stored) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != stored.values[i]) {
                differences.add(
                        "%s: %d <> %d".formatted(NAMES.get(i), values[i], stored.values[i]));
            }
        }
        return differences;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NarrowColumns that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return NAMES + "=" + Arrays.toString(values);
    }
}
