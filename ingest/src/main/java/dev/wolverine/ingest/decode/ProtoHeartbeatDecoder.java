package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Snapshot;
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
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads `wolverine.v1.Heartbeat`. Stateless. */
public final class ProtoHeartbeatDecoder {

    /**
     * The draft of a beat. Fields of a later version of the message are kept, under `/@protobuf`,
     * in base 64.
     */
    public HeartbeatDraft decode(Heartbeat message) {
        HeartbeatDraft draft = new HeartbeatDraft();
        if (!message.getInstanceId().isEmpty()) {
            draft.instanceId(message.getInstanceId());
        }
        if (message.hasTimestamp()) {
            draft.timestamp(message.getTimestamp());
        }
        if (message.hasVersion()) {
            draft.version(message.getVersion());
        }
        if (message.hasServer()) {
            server(draft, message.getServer());
        }
        if (message.hasProcess()) {
            process(draft, message.getProcess());
        }
        if (message.hasRoutes()) {
            routes(draft, message.getRoutes());
        }
        if (message.hasRepairs()) {
            repairs(draft, message.getRepairs());
        }
        if (message.hasUsage()) {
            usage(draft, message.getUsage());
        }
        if (message.hasBrain()) {
            brain(draft, message.getBrain());
        }
        if (message.hasBackups()) {
            backups(draft, message.getBackups());
        }
        message.getAlertsJsonList().forEach(draft::alert);
        message.getUnknownMap().forEach(draft::unknown);
        if (message.getUnknownFields().getSerializedSize() > 0) {
            draft.unknown(
                    "/@protobuf",
                    "\""
                            + Base64.getEncoder()
                                    .encodeToString(message.getUnknownFields().toByteArray())
                            + "\"");
        }
        return draft;
    }

    private static void server(HeartbeatDraft draft, Server server) {
        if (server.hasName()) {
            draft.name(server.getName());
        }
        if (server.hasPort()) {
            draft.port(server.getPort(), "/server/port");
        }
        if (server.hasUptime()) {
            draft.uptimeSeconds(server.getUptime(), "/server/uptime");
        }
        if (server.hasStatus()) {
            draft.status(server.getStatus());
        }
        if (server.hasPid()) {
            draft.pid(server.getPid(), "/server/pid");
        }
    }

    private static void process(HeartbeatDraft draft, Process process) {
        if (process.hasMemoryMb()) {
            draft.memoryMb(process.getMemoryMb(), "/process/memoryMB");
        }
        if (process.hasCpuPercent()) {
            draft.cpuPercent(process.getCpuPercent(), "/process/cpuPercent");
        }
        if (process.hasPeakMemoryMb()) {
            draft.peakMemoryMb(process.getPeakMemoryMb(), "/process/peakMemoryMB");
        }
    }

    private static void routes(HeartbeatDraft draft, Routes routes) {
        if (routes.hasTotal()) {
            draft.totalRoutes(routes.getTotal(), "/routes/totalRoutes");
        }
        if (routes.hasHealthy()) {
            draft.healthyRoutes(routes.getHealthy(), "/routes/healthy");
        }
        if (routes.hasUnhealthy()) {
            draft.unhealthyRoutes(routes.getUnhealthy(), "/routes/unhealthy");
        }
        if (routes.hasSlowest()) {
            SlowestRoute slowest = routes.getSlowest();
            if (slowest.hasPath()) {
                draft.slowestPath(slowest.getPath());
            }
            if (slowest.hasAvgMs()) {
                draft.slowestRouteMillis(slowest.getAvgMs(), "/routes/slowest/avgMs");
            }
        }
    }

    private static void repairs(HeartbeatDraft draft, Repairs repairs) {
        if (repairs.hasTotal()) {
            draft.repairs(repairs.getTotal(), "/repairs/total");
        }
        if (repairs.hasSuccesses()) {
            draft.repairSuccesses(repairs.getSuccesses(), "/repairs/successes");
        }
        if (repairs.hasFailures()) {
            draft.repairFailures(repairs.getFailures(), "/repairs/failures");
        }
        if (repairs.hasSuccessRate()) {
            draft.repairSuccessRate(repairs.getSuccessRate(), "/repairs/successRate");
        }
        if (repairs.hasTotalCost()) {
            draft.repairCost(repairs.getTotalCost(), "/repairs/totalCost");
        }
        if (repairs.hasTotalTokens()) {
            draft.repairTokens(repairs.getTotalTokens(), "/repairs/totalTokens");
        }
        if (repairs.hasAvgTokensPerRepair()) {
            draft.repairAverageTokens(
                    repairs.getAvgTokensPerRepair(), "/repairs/avgTokensPerRepair");
        }
        if (repairs.hasLastRepair()) {
            draft.lastRepair(lastRepair(draft, repairs.getLastRepair()));
        }
    }

    private static Snapshot.LastRepair lastRepair(HeartbeatDraft draft, LastRepair last) {
        String at = "/repairs/lastRepair/";
        return new Snapshot.LastRepair(
                last.hasError() ? draft.prose(last.getError()) : null,
                last.hasResolution() ? draft.prose(last.getResolution()) : null,
                last.hasTokens() ? draft.count(last.getTokens(), at + "tokens") : null,
                last.hasCost() ? draft.micros(last.getCost(), at + "cost") : null,
                last.hasMode() ? draft.prose(last.getMode()) : null,
                last.hasSuccess() ? (Boolean) last.getSuccess() : null,
                last.hasTimestamp() ? draft.count(last.getTimestamp(), at + "timestamp") : null,
                last.hasModel() ? draft.prose(last.getModel()) : null,
                last.hasDuration() ? draft.milli(last.getDuration(), at + "duration") : null);
    }

    private static void usage(HeartbeatDraft draft, Usage usage) {
        if (usage.hasTotalTokens()) {
            draft.tokens(usage.getTotalTokens(), "/usage/totalTokens");
        }
        if (usage.hasTotalCalls()) {
            draft.calls(usage.getTotalCalls(), "/usage/totalCalls");
        }
        if (usage.hasTotalCost()) {
            draft.cost(usage.getTotalCost(), "/usage/totalCost");
        }
        if (usage.hasTotalCacheSavings()) {
            draft.cacheSavings(usage.getTotalCacheSavings(), "/usage/totalCacheSavings");
        }
        breakdown(draft, Snapshot.Dimension.MODEL, usage.getByModelMap(), "/usage/byModel/");
        breakdown(
                draft, Snapshot.Dimension.CATEGORY, usage.getByCategoryMap(), "/usage/byCategory/");
        breakdown(draft, Snapshot.Dimension.TOOL, usage.getByToolMap(), "/usage/byTool/");
        breakdown(
                draft, Snapshot.Dimension.PROVIDER, usage.getByProviderMap(), "/usage/byProvider/");
        int index = 0;
        for (ModelCategoryUsage entry : usage.getByModelCategoryList()) {
            UsageDraft counters =
                    new UsageDraft(
                            Snapshot.Dimension.MODEL_CATEGORY,
                            draft.key(entry.getModel()),
                            draft.key(entry.getCategory()));
            counters(
                    draft,
                    counters,
                    entry.getCounters(),
                    "/usage/byModelCategory/" + index++ + "/");
            draft.usage(counters);
        }
    }

    private static void breakdown(
            HeartbeatDraft draft,
            Snapshot.Dimension dimension,
            Map<String, UsageCounters> entries,
            String pointer) {
        entries.forEach((key, counters) -> {
            UsageDraft entry = new UsageDraft(dimension, draft.key(key), "");
            counters(draft, entry, counters, pointer + JsonPointers.escape(key) + "/");
            draft.usage(entry);
        });
    }

    private static void counters(
            HeartbeatDraft draft, UsageDraft entry, UsageCounters counters, String pointer) {
        for (Snapshot.Counter counter : Snapshot.Counter.values()) {
            Double value = value(counters, counter);
            if (value != null) {
                draft.counter(entry, counter, value, pointer + counter.field());
            }
        }
    }

    private static @Nullable Double value(UsageCounters counters, Snapshot.Counter counter) {
        return switch (counter) {
            case INPUT -> counters.hasInput() ? (Double) (double) counters.getInput() : null;
            case OUTPUT -> counters.hasOutput() ? (Double) (double) counters.getOutput() : null;
            case TOTAL -> counters.hasTotal() ? (Double) (double) counters.getTotal() : null;
            case CALLS -> counters.hasCalls() ? (Double) (double) counters.getCalls() : null;
            case COST -> counters.hasCost() ? (Double) counters.getCost() : null;
            case CACHE_CREATION ->
                    counters.hasCacheCreation()
                            ? (Double) (double) counters.getCacheCreation()
                            : null;
            case CACHE_READ ->
                    counters.hasCacheRead() ? (Double) (double) counters.getCacheRead() : null;
            case CACHE_SAVINGS ->
                    counters.hasCacheSavings() ? (Double) counters.getCacheSavings() : null;
            case SUCCESSES ->
                    counters.hasSuccesses() ? (Double) (double) counters.getSuccesses() : null;
            case FAILURES ->
                    counters.hasFailures() ? (Double) (double) counters.getFailures() : null;
            case TIMED_CALLS ->
                    counters.hasTimedCalls() ? (Double) (double) counters.getTimedCalls() : null;
            case SUCCESS_RATE ->
                    counters.hasSuccessRate() ? (Double) counters.getSuccessRate() : null;
            case AVERAGE_LATENCY ->
                    counters.hasAvgLatencyMs() ? (Double) counters.getAvgLatencyMs() : null;
            case MINIMUM_LATENCY ->
                    counters.hasMinLatencyMs() ? (Double) counters.getMinLatencyMs() : null;
            case MAXIMUM_LATENCY ->
                    counters.hasMaxLatencyMs() ? (Double) counters.getMaxLatencyMs() : null;
            case MILLIS_PER_THOUSAND_TOKENS ->
                    counters.hasMsPerKToken() ? (Double) counters.getMsPerKToken() : null;
            case TOKENS_PER_SECOND ->
                    counters.hasTokensPerSecond() ? (Double) counters.getTokensPerSecond() : null;
            case OUTPUT_TOKENS_PER_SECOND ->
                    counters.hasOutputTokPerSecond()
                            ? (Double) counters.getOutputTokPerSecond()
                            : null;
            case COST_PER_CALL ->
                    counters.hasCostPerCall() ? (Double) counters.getCostPerCall() : null;
        };
    }

    private static void brain(HeartbeatDraft draft, Brain brain) {
        if (brain.hasTotalMemories()) {
            draft.memories(brain.getTotalMemories(), "/brain/totalMemories");
        }
        brain.getNamespacesMap()
                .forEach((namespace, memories) ->
                        draft.memoryNamespace(
                                namespace,
                                memories,
                                "/brain/namespaces/" + JsonPointers.escape(namespace)));
    }

    private static void backups(HeartbeatDraft draft, Backups backups) {
        if (backups.hasTotal()) {
            draft.backups(backups.getTotal(), "/backups/total");
        }
        if (backups.hasStable()) {
            draft.stableBackups(backups.getStable(), "/backups/stable");
        }
        if (backups.hasVerified()) {
            draft.verifiedBackups(backups.getVerified(), "/backups/verified");
        }
        if (backups.hasUnstable()) {
            draft.unstableBackups(backups.getUnstable(), "/backups/unstable");
        }
    }
}
