package dev.wolverine.web;

import io.vertx.core.json.JsonObject;

/** Heartbeats as the current client sends them. */
final class Beats {

    private Beats() {}

    static JsonObject beat(String instanceId, long timestamp, int memoryMb) {
        return new JsonObject()
                .put("instanceId", instanceId)
                .put("timestamp", timestamp)
                .put("version", "5.2.1")
                .put(
                        "server",
                        new JsonObject()
                                .put("name", "shop " + instanceId)
                                .put("port", 3000)
                                .put("uptime", 4242)
                                .put("status", "healthy")
                                .put("pid", 77))
                .put(
                        "process",
                        new JsonObject()
                                .put("memoryMB", memoryMb)
                                .put("peakMemoryMB", 200)
                                .put("cpuPercent", 12.34))
                .put(
                        "routes",
                        new JsonObject()
                                .put("totalRoutes", 8)
                                .put("healthy", 8)
                                .put("unhealthy", 0)
                                .put(
                                        "slowest",
                                        new JsonObject().put("path", "/cart").put("avgMs", 81.5)))
                .put(
                        "repairs",
                        new JsonObject()
                                .put("total", 3)
                                .put("successes", 2)
                                .put("failures", 1)
                                .put("totalCost", 0.25))
                .put(
                        "usage",
                        new JsonObject()
                                .put("totalTokens", 45_000)
                                .put("totalCalls", 12)
                                .put("totalCost", 1.5));
    }
}
