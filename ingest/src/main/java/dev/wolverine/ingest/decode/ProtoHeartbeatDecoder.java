package dev.wolverine.ingest.decode;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.Snapshot.Counter;
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
import java.io.IOException;
import java.util.Base64;
import java.util.Map;

/** Reads `wolverine.v1.Heartbeat`. Stateless. */
public final class ProtoHeartbeatDecoder {

    /** Within the message of the call, as the generated parser counts. */
    private static final int RECURSION_LIMIT = 99;

    /**
     * The draft of a beat. Fields of a later version of the message are kept, under `/@protobuf`,
     * in base 64.
     *
     * @throws UndecodableBeat if a text or a key is beyond the limits that JSON has
     */
    public HeartbeatDraft decode(Heartbeat message) throws UndecodableBeat {
        HeartbeatDraft draft = new HeartbeatDraft();
        draft.instanceId(message.getInstanceId());
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
        message.getUnknownMap().forEach((pointer, json) -> unknown(draft, pointer, json));
        if (message.getUnknownFields().getSerializedSize() > 0) {
            draft.unknown(
                    "/@protobuf",
                    "\""
                            + Base64.getEncoder()
                                    .encodeToString(message.getUnknownFields().toByteArray())
                            + "\"");
        }
        if (draft.isTooLarge()) {
            throw UndecodableBeat.unacceptable(
                    QuarantineReason.TOO_LARGE,
                    "a text or a key is too long (expected: at most "
                            + HeartbeatDraft.MAX_TEXT
                            + " characters, and "
                            + HeartbeatDraft.MAX_KEY
                            + " bytes for a key)");
        }
        return draft;
    }

    /**
     * The draft of a beat as the stock client writes it, which takes half the time of {@link
     * #decode(Heartbeat)} and gives the same.
     *
     * @throws IOException if it is not so, or no message at all: the generated parser knows
     * @throws UndecodableBeat as the other does
     */
    HeartbeatDraft decode(ProtoOutline outline) throws IOException, UndecodableBeat {
        HeartbeatDraft draft = decode(parse(BodySlice.of(outline.withoutUsage())));
        if (outline.hasUsage()) {
            ProtoUsageDecoder.decode(draft, outline.usage());
        }
        return draft;
    }

    /**
     * The message as the generated classes read it.
     *
     * @throws InvalidProtocolBufferException if they refuse it
     */
    static Heartbeat parse(BodySlice body) throws InvalidProtocolBufferException {
        CodedInputStream in =
                CodedInputStream.newInstance(body.bytes(), body.offset(), body.length());
        in.setRecursionLimit(RECURSION_LIMIT);
        Heartbeat message = Heartbeat.parser().parseFrom(in);
        in.checkLastTagWas(0);
        return message;
    }

    private static void unknown(HeartbeatDraft draft, String pointer, String json) {
        for (String step : pointer.split("/", -1)) {
            draft.bound(JsonPointers.unescape(step));
        }
        draft.unknown(pointer, json);
    }

    private static void server(HeartbeatDraft draft, Server server) {
        if (server.hasName()) {
            draft.name(server.getName());
        }
        if (server.hasPort()) {
            draft.port(server.getPort(), () -> "/server/port");
        }
        if (server.hasUptime()) {
            draft.number(NarrowField.UPTIME_SECONDS, server.getUptime(), () -> "/server/uptime");
        }
        if (server.hasStatus()) {
            draft.status(server.getStatus());
        }
        if (server.hasPid()) {
            draft.number(NarrowField.PID, server.getPid(), () -> "/server/pid");
        }
    }

    private static void process(HeartbeatDraft draft, Process process) {
        if (process.hasMemoryMb()) {
            draft.number(NarrowField.MEMORY_MB, process.getMemoryMb(), () -> "/process/memoryMB");
        }
        if (process.hasCpuPercent()) {
            draft.number(
                    NarrowField.CPU_CENTI_PERCENT,
                    process.getCpuPercent(),
                    () -> "/process/cpuPercent");
        }
        if (process.hasPeakMemoryMb()) {
            draft.number(
                    NarrowField.PEAK_MEMORY_MB,
                    process.getPeakMemoryMb(),
                    () -> "/process/peakMemoryMB");
        }
    }

    private static void routes(HeartbeatDraft draft, Routes routes) {
        if (routes.hasTotal()) {
            draft.totalRoutes(routes.getTotal(), () -> "/routes/totalRoutes");
        }
        if (routes.hasHealthy()) {
            draft.number(NarrowField.HEALTHY_ROUTES, routes.getHealthy(), () -> "/routes/healthy");
        }
        if (routes.hasUnhealthy()) {
            draft.number(
                    NarrowField.UNHEALTHY_ROUTES, routes.getUnhealthy(), () -> "/routes/unhealthy");
        }
        if (routes.hasSlowest()) {
            SlowestRoute slowest = routes.getSlowest();
            if (slowest.hasPath()) {
                draft.slowestPath(slowest.getPath());
            }
            if (slowest.hasAvgMs()) {
                draft.number(
                        NarrowField.SLOWEST_ROUTE_MICROS,
                        slowest.getAvgMs(),
                        () -> "/routes/slowest/avgMs");
            }
        }
    }

    private static void repairs(HeartbeatDraft draft, Repairs repairs) {
        if (repairs.hasTotal()) {
            draft.repairs(repairs.getTotal(), () -> "/repairs/total");
        }
        if (repairs.hasSuccesses()) {
            draft.repairSuccesses(repairs.getSuccesses(), () -> "/repairs/successes");
        }
        if (repairs.hasFailures()) {
            draft.repairFailures(repairs.getFailures(), () -> "/repairs/failures");
        }
        if (repairs.hasSuccessRate()) {
            draft.repairSuccessRate(repairs.getSuccessRate(), () -> "/repairs/successRate");
        }
        if (repairs.hasTotalCost()) {
            draft.repairCost(repairs.getTotalCost(), () -> "/repairs/totalCost");
        }
        if (repairs.hasTotalTokens()) {
            draft.repairTokens(repairs.getTotalTokens(), () -> "/repairs/totalTokens");
        }
        if (repairs.hasAvgTokensPerRepair()) {
            draft.repairAverageTokens(
                    repairs.getAvgTokensPerRepair(), () -> "/repairs/avgTokensPerRepair");
        }
        if (repairs.hasLastRepair()) {
            draft.lastRepair(lastRepair(draft, repairs.getLastRepair()));
        }
    }

    private static Snapshot.LastRepair lastRepair(HeartbeatDraft draft, LastRepair last) {
        return new Snapshot.LastRepair(
                last.hasError() ? draft.prose(last.getError()) : null,
                last.hasResolution() ? draft.prose(last.getResolution()) : null,
                last.hasTokens()
                        ? draft.count(last.getTokens(), () -> "/repairs/lastRepair/tokens")
                        : null,
                last.hasCost()
                        ? draft.micros(last.getCost(), () -> "/repairs/lastRepair/cost")
                        : null,
                last.hasMode() ? draft.prose(last.getMode()) : null,
                last.hasSuccess() ? (Boolean) last.getSuccess() : null,
                last.hasTimestamp()
                        ? draft.count(last.getTimestamp(), () -> "/repairs/lastRepair/timestamp")
                        : null,
                last.hasModel() ? draft.prose(last.getModel()) : null,
                last.hasDuration()
                        ? draft.milli(last.getDuration(), () -> "/repairs/lastRepair/duration")
                        : null);
    }

    private static void usage(HeartbeatDraft draft, Usage usage) {
        if (usage.hasTotalTokens()) {
            draft.tokens(usage.getTotalTokens(), () -> "/usage/totalTokens");
        }
        if (usage.hasTotalCalls()) {
            draft.calls(usage.getTotalCalls(), () -> "/usage/totalCalls");
        }
        if (usage.hasTotalCost()) {
            draft.cost(usage.getTotalCost(), () -> "/usage/totalCost");
        }
        if (usage.hasTotalCacheSavings()) {
            draft.cacheSavings(usage.getTotalCacheSavings(), () -> "/usage/totalCacheSavings");
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
                    new CounterPointer("/usage/byModelCategory/", Integer.toString(index++)));
            draft.usage(counters);
        }
    }

    private static void breakdown(
            HeartbeatDraft draft,
            Snapshot.Dimension dimension,
            Map<String, UsageCounters> entries,
            String pointer) {
        entries.forEach((key, counters) -> {
            UsageDraft entry = new UsageDraft(dimension, draft.mapKey(key), "");
            counters(draft, entry, counters, new CounterPointer(pointer, key));
            draft.usage(entry);
        });
    }

    private static void counters(
            HeartbeatDraft draft, UsageDraft entry, UsageCounters counters, CounterPointer at) {
        if (counters.hasInput()) {
            draft.counter(entry, Counter.INPUT, counters.getInput(), at.counter(Counter.INPUT));
        }
        if (counters.hasOutput()) {
            draft.counter(entry, Counter.OUTPUT, counters.getOutput(), at.counter(Counter.OUTPUT));
        }
        if (counters.hasTotal()) {
            draft.counter(entry, Counter.TOTAL, counters.getTotal(), at.counter(Counter.TOTAL));
        }
        if (counters.hasCalls()) {
            draft.counter(entry, Counter.CALLS, counters.getCalls(), at.counter(Counter.CALLS));
        }
        if (counters.hasCost()) {
            draft.counter(entry, Counter.COST, counters.getCost(), at.counter(Counter.COST));
        }
        if (counters.hasCacheCreation()) {
            draft.counter(
                    entry,
                    Counter.CACHE_CREATION,
                    counters.getCacheCreation(),
                    at.counter(Counter.CACHE_CREATION));
        }
        if (counters.hasCacheRead()) {
            draft.counter(
                    entry,
                    Counter.CACHE_READ,
                    counters.getCacheRead(),
                    at.counter(Counter.CACHE_READ));
        }
        if (counters.hasCacheSavings()) {
            draft.counter(
                    entry,
                    Counter.CACHE_SAVINGS,
                    counters.getCacheSavings(),
                    at.counter(Counter.CACHE_SAVINGS));
        }
        if (counters.hasSuccesses()) {
            draft.counter(
                    entry,
                    Counter.SUCCESSES,
                    counters.getSuccesses(),
                    at.counter(Counter.SUCCESSES));
        }
        if (counters.hasFailures()) {
            draft.counter(
                    entry, Counter.FAILURES, counters.getFailures(), at.counter(Counter.FAILURES));
        }
        if (counters.hasTimedCalls()) {
            draft.counter(
                    entry,
                    Counter.TIMED_CALLS,
                    counters.getTimedCalls(),
                    at.counter(Counter.TIMED_CALLS));
        }
        if (counters.hasSuccessRate()) {
            draft.counter(
                    entry,
                    Counter.SUCCESS_RATE,
                    counters.getSuccessRate(),
                    at.counter(Counter.SUCCESS_RATE));
        }
        if (counters.hasAvgLatencyMs()) {
            draft.counter(
                    entry,
                    Counter.AVERAGE_LATENCY,
                    counters.getAvgLatencyMs(),
                    at.counter(Counter.AVERAGE_LATENCY));
        }
        if (counters.hasMinLatencyMs()) {
            draft.counter(
                    entry,
                    Counter.MINIMUM_LATENCY,
                    counters.getMinLatencyMs(),
                    at.counter(Counter.MINIMUM_LATENCY));
        }
        if (counters.hasMaxLatencyMs()) {
            draft.counter(
                    entry,
                    Counter.MAXIMUM_LATENCY,
                    counters.getMaxLatencyMs(),
                    at.counter(Counter.MAXIMUM_LATENCY));
        }
        if (counters.hasMsPerKToken()) {
            draft.counter(
                    entry,
                    Counter.MILLIS_PER_THOUSAND_TOKENS,
                    counters.getMsPerKToken(),
                    at.counter(Counter.MILLIS_PER_THOUSAND_TOKENS));
        }
        if (counters.hasTokensPerSecond()) {
            draft.counter(
                    entry,
                    Counter.TOKENS_PER_SECOND,
                    counters.getTokensPerSecond(),
                    at.counter(Counter.TOKENS_PER_SECOND));
        }
        if (counters.hasOutputTokPerSecond()) {
            draft.counter(
                    entry,
                    Counter.OUTPUT_TOKENS_PER_SECOND,
                    counters.getOutputTokPerSecond(),
                    at.counter(Counter.OUTPUT_TOKENS_PER_SECOND));
        }
        if (counters.hasCostPerCall()) {
            draft.counter(
                    entry,
                    Counter.COST_PER_CALL,
                    counters.getCostPerCall(),
                    at.counter(Counter.COST_PER_CALL));
        }
    }

    private static void brain(HeartbeatDraft draft, Brain brain) {
        if (brain.hasTotalMemories()) {
            draft.memories(brain.getTotalMemories(), () -> "/brain/totalMemories");
        }
        brain.getNamespacesMap()
                .forEach((namespace, memories) ->
                        draft.memoryNamespace(
                                namespace,
                                memories,
                                () -> "/brain/namespaces/" + JsonPointers.escape(namespace)));
    }

    private static void backups(HeartbeatDraft draft, Backups backups) {
        if (backups.hasTotal()) {
            draft.backups(backups.getTotal(), () -> "/backups/total");
        }
        if (backups.hasStable()) {
            draft.stableBackups(backups.getStable(), () -> "/backups/stable");
        }
        if (backups.hasVerified()) {
            draft.verifiedBackups(backups.getVerified(), () -> "/backups/verified");
        }
        if (backups.hasUnstable()) {
            draft.unstableBackups(backups.getUnstable(), () -> "/backups/unstable");
        }
    }

    /** The place of one counter after the other, of one key. */
    private static final class CounterPointer implements Pointer {
        private final String parent;
        private final String key;
        private Counter counter = Counter.INPUT;

        CounterPointer(String parent, String key) {
            this.parent = parent;
            this.key = key;
        }

        Pointer counter(Counter next) {
            counter = next;
            return this;
        }

        @Override
        public String text() {
            return parent + JsonPointers.escape(key) + "/" + counter.field();
        }
    }
}
