package dev.wolverine.bench.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How long the answers to a question took, from the first byte sent to the last received.
 *
 * @param bytes of the last answer's body
 */
public record Timing(
        String name, double aimMs, int answers, double p50Ms, double p99Ms, int bytes) {

    public ObjectNode json() {
        return new ObjectMapper()
                .createObjectNode()
                .put("name", name)
                .put("aimMs", aimMs)
                .put("answers", answers)
                .put("p50Ms", rounded(p50Ms))
                .put("p99Ms", rounded(p99Ms))
                .put("bytes", bytes);
    }

    public String line() {
        return "%-58s p50 %7.2f ms  p99 %7.2f ms  (aim %.0f ms; %,d bytes)"
                .formatted(name, p50Ms, p99Ms, aimMs, bytes);
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
