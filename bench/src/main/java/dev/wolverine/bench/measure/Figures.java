package dev.wolverine.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param name of the run, as `ingest, 10 % changed`
 * @param steadiness beats a second in the second half of the run, to those in the first
 * @param cpu spent during the run
 * @param bytesPerHeartbeat that all tables grew by, indexes included
 * @param bytesByTable the same, of those that matter
 * @param refused beats that were not stored, by reason
 * @param memoryMb resident, platform and Redis
 * @param ratioToCopy CPU seconds of a beat to those of a bare COPY of its row; 0: not measured
 */
public record Figures(
        String name,
        double seconds,
        long heartbeats,
        double heartbeatsPerSecond,
        double steadiness,
        CpuTimes cpu,
        double ackP50Ms,
        double ackP99Ms,
        double bytesPerHeartbeat,
        double walBytesPerHeartbeat,
        Map<String, Double> bytesByTable,
        Map<String, Long> refused,
        long memoryMb,
        double copyCpuSecondsPerMillion,
        double ratioToCopy) {

    public double perMillion(double cpuSeconds) {
        return cpuSeconds * 1e6 / Math.max(1, heartbeats);
    }

    /** Cores that platform, PostgreSQL and Redis kept busy. */
    public double busyCores() {
        return cpu.sum() / seconds;
    }

    public ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("name", name)
                .put("seconds", rounded(seconds))
                .put("heartbeats", heartbeats)
                .put("heartbeatsPerSecond", Math.round(heartbeatsPerSecond))
                .put("steadiness", rounded(steadiness));
        json.putObject("cpuSecondsPerMillion")
                .put("platform", rounded(perMillion(cpu.platform())))
                .put("postgres", rounded(perMillion(cpu.postgres())))
                .put("redis", rounded(perMillion(cpu.redis())))
                .put("sum", rounded(perMillion(cpu.sum())))
                .put("generator", rounded(perMillion(cpu.generator())));
        json.put("busyCores", rounded(busyCores()))
                .put("othersCores", rounded(cpu.others() / seconds))
                .put("ackP50Ms", rounded(ackP50Ms))
                .put("ackP99Ms", rounded(ackP99Ms))
                .put("bytesPerHeartbeat", rounded(bytesPerHeartbeat))
                .put("walBytesPerHeartbeat", rounded(walBytesPerHeartbeat));
        ObjectNode tables = json.putObject("bytesByTable");
        bytesByTable.forEach((table, bytes) -> tables.put(table, rounded(bytes)));
        if (ratioToCopy > 0) {
            json.put("copyCpuSecondsPerMillion", rounded(copyCpuSecondsPerMillion))
                    .put("ratioToCopy", rounded(ratioToCopy));
        }
        json.put("memoryMb", memoryMb);
        ObjectNode reasons = json.putObject("refused");
        refused.forEach(reasons::put);
        return json;
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s: %,.0f beats/s for %.0f s (second half to first %.2f)"
                        .formatted(name, heartbeatsPerSecond, seconds, steadiness));
        lines.add(
                "  CPU s a million: platform %.1f + postgres %.1f + redis %.1f = %.1f  (generator %.1f, others %.2f cores)"
                        .formatted(
                                perMillion(cpu.platform()),
                                perMillion(cpu.postgres()),
                                perMillion(cpu.redis()),
                                perMillion(cpu.sum()),
                                perMillion(cpu.generator()),
                                cpu.others() / seconds));
        lines.add(
                "  ack p50 %.1f ms, p99 %.1f ms; %.0f B a beat on disk %s, %.0f B WAL; %,d MB resident"
                        .formatted(
                                ackP50Ms,
                                ackP99Ms,
                                bytesPerHeartbeat,
                                bytesByTable,
                                walBytesPerHeartbeat,
                                memoryMb));
        if (ratioToCopy > 0) {
            lines.add(
                    "  bare COPY of the same rows: %.1f CPU s a million; ratio %.1f"
                            .formatted(copyCpuSecondsPerMillion, ratioToCopy));
        }
        if (!refused.isEmpty()) {
            lines.add("  not stored: " + refused);
        }
        return lines;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
