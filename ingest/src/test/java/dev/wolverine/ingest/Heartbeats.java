package dev.wolverine.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.proto.v1.Backups;
import dev.wolverine.proto.v1.Brain;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.LastRepair;
import dev.wolverine.proto.v1.ModelCategoryUsage;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.Repairs;
import dev.wolverine.proto.v1.Routes;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.SlowestRoute;
import dev.wolverine.proto.v1.Usage;
import dev.wolverine.proto.v1.UsageCounters;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Heartbeats to send. */
final class Heartbeats {

    private Heartbeats() {}

    /** A small one in JSON. */
    static byte[] json(String instance, long timestamp, int memoryMb) {
        return """
        {"instanceId":"%s","version":"5.2.9","timestamp":%d,
         "server":{"name":"api","port":3000,"uptime":60,"status":"healthy","pid":42},
         "process":{"memoryMB":%d,"cpuPercent":3,"peakMemoryMB":200},
         "routes":{"totalRoutes":2,"healthy":2,"unhealthy":0,"slowest":null},
         "repairs":{"total":0,"successes":0,"failures":0,"successRate":0,"totalCost":0},
         "usage":{"totalTokens":10,"totalCost":0.5,"totalCalls":1,"byModel":{"m":{"calls":1,"cost":0.5}}}}
        """
                .formatted(instance, timestamp, memoryMb)
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What a client of the gRPC interface sends where the stock client sends this JSON, field by
     * field.
     */
    static Heartbeat proto(JsonNode body) {
        Heartbeat.Builder beat = Heartbeat.newBuilder();
        text(body, "instanceId", beat::setInstanceId);
        text(body, "id", beat::setInstanceId);
        number(body, "timestamp", value -> beat.setTimestamp(value.longValue()));
        number(body, "t", value -> beat.setTimestamp(value.longValue()));
        text(body, "version", beat::setVersion);
        text(body, "v", beat::setVersion);
        Server.Builder server = beat.getServerBuilder();
        text(body, "name", server::setName);
        number(body, "up", value -> server.setUptime(value.longValue()));
        JsonNode s = body.path("server");
        text(s, "name", server::setName);
        number(s, "port", value -> server.setPort(value.intValue()));
        number(s, "uptime", value -> server.setUptime(value.longValue()));
        text(s, "status", server::setStatus);
        number(s, "pid", value -> server.setPid(value.intValue()));
        Process.Builder process = beat.getProcessBuilder();
        number(body, "mem", value -> process.setMemoryMb(value.doubleValue()));
        number(body, "cpu", value -> process.setCpuPercent(value.doubleValue()));
        JsonNode p = body.path("process");
        number(p, "memoryMB", value -> process.setMemoryMb(value.doubleValue()));
        number(p, "cpuPercent", value -> process.setCpuPercent(value.doubleValue()));
        number(p, "peakMemoryMB", value -> process.setPeakMemoryMb(value.doubleValue()));
        routes(body.path("routes"), beat.getRoutesBuilder());
        repairs(body.path("repairs"), beat.getRepairsBuilder());
        Usage.Builder usage = beat.getUsageBuilder();
        number(body, "tokens", value -> usage.setTotalTokens(value.longValue()));
        number(body, "cost", value -> usage.setTotalCost(value.doubleValue()));
        number(body, "calls", value -> usage.setTotalCalls(value.longValue()));
        usage(body.path("usage"), usage);
        Brain.Builder brain = beat.getBrainBuilder();
        number(body, "brain", value -> brain.setTotalMemories(value.longValue()));
        number(
                body.path("brain"),
                "totalMemories",
                value -> brain.setTotalMemories(value.longValue()));
        body.path("brain")
                .path("namespaces")
                .properties()
                .forEach(
                        entry -> brain.putNamespaces(entry.getKey(), entry.getValue().longValue()));
        Backups.Builder backups = beat.getBackupsBuilder();
        number(body, "backups", value -> backups.setTotal(value.longValue()));
        JsonNode b = body.path("backups");
        number(b, "total", value -> backups.setTotal(value.longValue()));
        number(b, "stable", value -> backups.setStable(value.longValue()));
        number(b, "verified", value -> backups.setVerified(value.longValue()));
        number(b, "unstable", value -> backups.setUnstable(value.longValue()));
        return beat.build();
    }

    private static void routes(JsonNode node, Routes.Builder routes) {
        number(node, "total", value -> routes.setTotal(value.intValue()));
        number(node, "totalRoutes", value -> routes.setTotal(value.intValue()));
        number(node, "healthy", value -> routes.setHealthy(value.intValue()));
        number(node, "unhealthy", value -> routes.setUnhealthy(value.intValue()));
        if (node.path("slowest").isObject()) {
            SlowestRoute.Builder slowest = routes.getSlowestBuilder();
            text(node.path("slowest"), "path", slowest::setPath);
            number(node.path("slowest"), "avgMs", value -> slowest.setAvgMs(value.doubleValue()));
        }
    }

    private static void repairs(JsonNode node, Repairs.Builder repairs) {
        number(node, "total", value -> repairs.setTotal(value.longValue()));
        number(node, "successes", value -> repairs.setSuccesses(value.longValue()));
        number(node, "failures", value -> repairs.setFailures(value.longValue()));
        number(node, "successRate", value -> repairs.setSuccessRate(value.doubleValue()));
        number(node, "totalCost", value -> repairs.setTotalCost(value.doubleValue()));
        number(node, "totalTokens", value -> repairs.setTotalTokens(value.longValue()));
        number(
                node,
                "avgTokensPerRepair",
                value -> repairs.setAvgTokensPerRepair(value.doubleValue()));
        JsonNode last = node.path("lastRepair");
        if (last.isObject()) {
            LastRepair.Builder repair = repairs.getLastRepairBuilder();
            text(last, "error", repair::setError);
            text(last, "resolution", repair::setResolution);
            number(last, "tokens", value -> repair.setTokens(value.longValue()));
            number(last, "cost", value -> repair.setCost(value.doubleValue()));
            text(last, "mode", repair::setMode);
            if (last.path("success").isBoolean()) {
                repair.setSuccess(last.path("success").asBoolean());
            }
            number(last, "timestamp", value -> repair.setTimestamp(value.longValue()));
        }
    }

    private static void usage(JsonNode node, Usage.Builder usage) {
        number(node, "totalTokens", value -> usage.setTotalTokens(value.longValue()));
        number(node, "totalCalls", value -> usage.setTotalCalls(value.longValue()));
        number(node, "totalCost", value -> usage.setTotalCost(value.doubleValue()));
        number(node, "totalCacheSavings", value -> usage.setTotalCacheSavings(value.doubleValue()));
        node.path("byModel")
                .properties()
                .forEach(e -> usage.putByModel(e.getKey(), counters(e.getValue())));
        node.path("byCategory")
                .properties()
                .forEach(e -> usage.putByCategory(e.getKey(), counters(e.getValue())));
        node.path("byTool")
                .properties()
                .forEach(e -> usage.putByTool(e.getKey(), counters(e.getValue())));
        node.path("byProvider")
                .properties()
                .forEach(e -> usage.putByProvider(e.getKey(), counters(e.getValue())));
        for (JsonNode entry : node.path("byModelCategory")) {
            usage.addByModelCategory(
                    ModelCategoryUsage.newBuilder()
                            .setModel(entry.path("model").asText())
                            .setCategory(entry.path("category").asText())
                            .setCounters(counters(entry)));
        }
    }

    private static UsageCounters counters(JsonNode node) {
        UsageCounters.Builder counters = UsageCounters.newBuilder();
        number(node, "input", value -> counters.setInput(value.longValue()));
        number(node, "output", value -> counters.setOutput(value.longValue()));
        number(node, "total", value -> counters.setTotal(value.longValue()));
        number(node, "tokens", value -> counters.setTotal(value.longValue()));
        number(node, "calls", value -> counters.setCalls(value.longValue()));
        number(node, "cost", value -> counters.setCost(value.doubleValue()));
        number(node, "cacheCreation", value -> counters.setCacheCreation(value.longValue()));
        number(node, "cacheRead", value -> counters.setCacheRead(value.longValue()));
        number(node, "cacheSavings", value -> counters.setCacheSavings(value.doubleValue()));
        number(node, "successes", value -> counters.setSuccesses(value.longValue()));
        number(node, "failures", value -> counters.setFailures(value.longValue()));
        number(node, "timedCalls", value -> counters.setTimedCalls(value.longValue()));
        number(node, "successRate", value -> counters.setSuccessRate(value.doubleValue()));
        number(node, "avgLatencyMs", value -> counters.setAvgLatencyMs(value.doubleValue()));
        number(node, "minLatencyMs", value -> counters.setMinLatencyMs(value.doubleValue()));
        number(node, "maxLatencyMs", value -> counters.setMaxLatencyMs(value.doubleValue()));
        number(node, "msPerKToken", value -> counters.setMsPerKToken(value.doubleValue()));
        number(node, "tokensPerSecond", value -> counters.setTokensPerSecond(value.doubleValue()));
        number(
                node,
                "outputTokPerSecond",
                value -> counters.setOutputTokPerSecond(value.doubleValue()));
        number(node, "costPerCall", value -> counters.setCostPerCall(value.doubleValue()));
        return counters.build();
    }

    private static void text(JsonNode node, String field, Consumer<String> sink) {
        if (node.path(field).isTextual()) {
            sink.accept(node.path(field).asText());
        }
    }

    private static void number(JsonNode node, String field, Consumer<Number> sink) {
        if (node.path(field).isNumber()) {
            sink.accept(node.path(field).numberValue());
        }
    }
}
