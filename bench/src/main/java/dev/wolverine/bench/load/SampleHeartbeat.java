package dev.wolverine.bench.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * A heartbeat as the current client sends it, 7 KB of JSON with five models, nine categories and
 * ten tools, in which every value that is going to vary stands only once.
 *
 * <p>A change is one call more of one model in one category with one tool, as a whole: in the
 * totals, and in each breakdown.
 */
final class SampleHeartbeat {
    static final List<String> MODELS =
            List.of(
                    "claude-sonnet-4-20250514",
                    "gpt-4o-mini",
                    "gpt-4o",
                    "wolverine-coding",
                    "wolverine-reasoning");
    static final List<String> CATEGORIES =
            List.of(
                    "heal",
                    "develop",
                    "chat",
                    "research",
                    "security",
                    "classify",
                    "brain",
                    "mcp",
                    "audit");
    static final List<String> TOOLS =
            List.of(
                    "edit_file",
                    "grep_code",
                    "bash_exec",
                    "read_file",
                    "call_endpoint",
                    "list_dir",
                    "run_tests",
                    "web_search",
                    "git_diff",
                    "restart");
    private static final List<String> PROVIDERS = List.of("anthropic", "openai", "wolverine");
    private static final int PAIRS = 15;

    static final String ID = "wlv_0123456789ab";
    static final long TIMESTAMP = 1_712_345_678_901L;
    static final long UPTIME = 30_123_457;
    static final long MEMORY_MICROS = 1_187_152_903;

    /**
     * A number that changes.
     *
     * @param start what stands in the sample, once
     * @param step what a change adds
     */
    record Varying(boolean money, long start, long step) {}

    private final int model;
    private final int category;
    private final int tool;
    private final List<Varying> varying = new ArrayList<>();
    private long nextCount = 21_234_567;
    private long nextMicros = 1_234_567_891L;

    /** One of {@code 45} variants, which differ in what changes. */
    SampleHeartbeat(int variant) {
        model = variant % MODELS.size();
        category = variant % CATEGORIES.size();
        tool = variant % TOOLS.size();
    }

    List<Varying> varying() {
        return List.copyOf(varying);
    }

    ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("instanceId", ID).put("version", "5.2.9").put("timestamp", TIMESTAMP);
        body.putObject("server")
                .put("name", "checkout")
                .put("port", 3000)
                .put("uptime", UPTIME)
                .put("status", "healthy")
                .put("pid", 4838);
        body.putObject("process")
                .put("memoryMB", BigDecimal.valueOf(MEMORY_MICROS, 6))
                .put("cpuPercent", 3)
                .put("peakMemoryMB", 1400);
        body.putObject("routes")
                .put("totalRoutes", 12)
                .put("healthy", 12)
                .put("unhealthy", 0)
                .putObject("slowest")
                .put("path", "/api/orders")
                .put("avgMs", 41);
        body.putObject("repairs")
                .put("total", 7)
                .put("successes", 6)
                .put("failures", 1)
                .put("successRate", 85.71)
                .put("totalCost", 0.1234);
        usage(body.putObject("usage"));
        body.putObject("brain").put("totalMemories", 76);
        body.putObject("backups")
                .put("total", 9)
                .put("unstable", 1)
                .put("verified", 3)
                .put("stable", 5);
        return body;
    }

    private void usage(ObjectNode usage) {
        count(usage, "totalTokens", 1500);
        money(usage, "totalCost", 3500);
        count(usage, "totalCalls", 1);
        usage.put("totalCacheSavings", 0.0512);
        breakdown(usage.putObject("byCategory"), CATEGORIES, category);
        ObjectNode models = usage.putObject("byModel");
        breakdown(models, MODELS, model);
        for (int i = 0; i < MODELS.size(); i++) {
            detail((ObjectNode) models.get(MODELS.get(i)), i == model);
        }
        var pairs = usage.putArray("byModelCategory");
        for (int i = 0; i < PAIRS; i++) {
            // The first is the one that changes; the others are other pairs than that.
            int ofModel = (model + i) % MODELS.size();
            int ofCategory = (category + i % CATEGORIES.size()) % CATEGORIES.size();
            ObjectNode pair = pairs.addObject();
            pair.put("model", MODELS.get(ofModel)).put("category", CATEGORIES.get(ofCategory));
            if (i == 0) {
                count(pair, "calls", 1);
                money(pair, "cost", 3500);
                count(pair, "tokens", 1500);
                count(pair, "input", 1200);
                count(pair, "output", 300);
            } else {
                pair.put("calls", 3 + i)
                        .put("cost", 0.007503 + i / 1000.0)
                        .put("tokens", 20_877 + i)
                        .put("input", 17_832 + i)
                        .put("output", 3045);
            }
            pair.put("successRate", 100).put("avgLatencyMs", 3851 + i);
            pair.put("tokensPerSecond", 1807.2);
        }
        breakdown(usage.putObject("byTool"), TOOLS, tool);
        breakdown(usage.putObject("byProvider"), PROVIDERS, model % PROVIDERS.size());
    }

    private void breakdown(ObjectNode breakdown, List<String> keys, int changing) {
        for (int i = 0; i < keys.size(); i++) {
            ObjectNode counters = breakdown.putObject(keys.get(i));
            if (i == changing) {
                count(counters, "input", 1200);
                count(counters, "output", 300);
                count(counters, "total", 1500);
                count(counters, "calls", 1);
                money(counters, "cost", 3500);
            } else {
                counters.put("input", 39_522 + i)
                        .put("output", 6746)
                        .put("total", 46_268 + i)
                        .put("calls", 7 + i)
                        .put("cost", 0.011634849999999999 + i);
            }
        }
    }

    private void detail(ObjectNode counters, boolean changes) {
        counters.put("cacheCreation", 0).put("cacheRead", 0).put("cacheSavings", 0);
        if (changes) {
            count(counters, "successes", 1);
            counters.put("failures", 0);
            count(counters, "timedCalls", 1);
        } else {
            counters.put("successes", 14).put("failures", 1).put("timedCalls", 15);
        }
        counters.put("successRate", 93.33)
                .put("avgLatencyMs", 5328)
                .put("msPerKToken", 836)
                .put("tokensPerSecond", 1196.7)
                .put("outputTokPerSecond", 142.3)
                .put("minLatencyMs", 1148)
                .put("maxLatencyMs", 8900)
                .put("costPerCall", 0.002162);
    }

    private void count(ObjectNode node, String key, long step) {
        nextCount += 110_119;
        varying.add(new Varying(false, nextCount, step));
        node.put(key, nextCount);
    }

    private void money(ObjectNode node, String key, long step) {
        nextMicros += 17_000_140L;
        varying.add(new Varying(true, nextMicros, step));
        node.put(key, BigDecimal.valueOf(nextMicros, 6));
    }
}
