package dev.wolverine.bench.fleet;

import dev.wolverine.proto.v1.ModelCategoryUsage;
import dev.wolverine.proto.v1.Usage;
import dev.wolverine.proto.v1.UsageCounters;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An instance's usage in any second of the simulation.
 *
 * <p>A pure function of its arguments; keeps the latest message to hand it out again while no call
 * is made. For one thread.
 */
final class UsageSimulation {
    private final Activity activity;
    private final List<Strand> strands;
    private final ClientGeneration generation;

    private long[] latestCalls = {};
    private @Nullable Usage latest;

    UsageSimulation(Activity activity, List<Strand> strands, ClientGeneration generation) {
        this.activity = activity;
        this.strands = List.copyOf(strands);
        this.generation = generation;
    }

    /**
     * @param countedFrom the second in which the counters were lost and began again at 0; negative
     *     if they never were
     */
    Usage at(long second, long countedFrom) {
        long[] calls = calls(second, countedFrom);
        Usage known = latest;
        if (known != null && Arrays.equals(calls, latestCalls)) {
            return known;
        }
        Usage usage = generation == ClientGeneration.LEAN ? totals(calls).build() : full(calls);
        latestCalls = calls;
        latest = usage;
        return usage;
    }

    private long[] calls(long second, long countedFrom) {
        double made = activity.calls(second) - (countedFrom < 0 ? 0 : activity.calls(countedFrom));
        long[] calls = new long[strands.size()];
        for (int i = 0; i < calls.length; i++) {
            Strand strand = strands.get(i);
            calls[i] = (long) (made * strand.weight()) + (countedFrom < 0 ? strand.before() : 0);
        }
        return calls;
    }

    private Usage full(long[] calls) {
        Usage.Builder usage = totals(calls);
        usage.putAllByCategory(plain(calls, Strand::category));
        if (generation == ClientGeneration.FIRST) {
            return usage.build();
        }
        usage.putAllByTool(plain(calls, Strand::tool));
        if (generation == ClientGeneration.BEFORE_PROVIDERS) {
            return usage.putAllByModel(plain(calls, strand -> strand.model().id())).build();
        }
        usage.putAllByProvider(plain(calls, strand -> strand.model().provider()));
        usage.putAllByModel(models(calls));
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] > 0) {
                usage.addByModelCategory(modelCategory(strands.get(i), calls[i]));
            }
        }
        return usage.build();
    }

    private Usage.Builder totals(long[] calls) {
        UsageCounters.Builder all = UsageCounters.newBuilder();
        for (int i = 0; i < calls.length; i++) {
            add(all, strands.get(i).counters(calls[i]));
        }
        Usage.Builder usage =
                Usage.newBuilder()
                        .setTotalTokens(all.getTotal())
                        .setTotalCalls(all.getCalls())
                        .setTotalCost(all.getCost());
        if (generation == ClientGeneration.CURRENT) {
            usage.setTotalCacheSavings(all.getCacheSavings());
        }
        return usage;
    }

    private Map<String, UsageCounters> plain(long[] calls, Function<Strand, String> key) {
        return sums(calls, key, UsageSimulation::withoutDetail);
    }

    private Map<String, UsageCounters> models(long[] calls) {
        return sums(calls, strand -> strand.model().id(), this::withDetail);
    }

    private Map<String, UsageCounters> sums(
            long[] calls,
            Function<Strand, String> key,
            Function<UsageCounters.Builder, UsageCounters> finish) {
        Map<String, UsageCounters.Builder> sums = new TreeMap<>();
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] > 0) {
                UsageCounters.Builder sum =
                        sums.computeIfAbsent(
                                key.apply(strands.get(i)), name -> UsageCounters.newBuilder());
                add(sum, strands.get(i).counters(calls[i]));
            }
        }
        Map<String, UsageCounters> finished = new TreeMap<>();
        sums.forEach((name, sum) -> finished.put(name, finish.apply(sum)));
        return finished;
    }

    private static void add(UsageCounters.Builder sum, UsageCounters.Builder part) {
        sum.setInput(sum.getInput() + part.getInput())
                .setOutput(sum.getOutput() + part.getOutput())
                .setTotal(sum.getTotal() + part.getTotal())
                .setCalls(sum.getCalls() + part.getCalls())
                .setCost(sum.getCost() + part.getCost())
                .setCacheCreation(sum.getCacheCreation() + part.getCacheCreation())
                .setCacheRead(sum.getCacheRead() + part.getCacheRead())
                .setCacheSavings(sum.getCacheSavings() + part.getCacheSavings())
                .setSuccesses(sum.getSuccesses() + part.getSuccesses())
                .setFailures(sum.getFailures() + part.getFailures())
                .setTimedCalls(sum.getTimedCalls() + part.getTimedCalls());
    }

    private static UsageCounters withoutDetail(UsageCounters.Builder sum) {
        return UsageCounters.newBuilder()
                .setInput(sum.getInput())
                .setOutput(sum.getOutput())
                .setTotal(sum.getTotal())
                .setCalls(sum.getCalls())
                .setCost(sum.getCost())
                .build();
    }

    private UsageCounters withDetail(UsageCounters.Builder sum) {
        long latency = 1200 + (sum.getTotal() / sum.getCalls()) % 3000;
        double seconds = latency * sum.getCalls() / 1000.0;
        return sum.setSuccessRate(rounded(100.0 * sum.getSuccesses() / sum.getCalls(), 100))
                .setAvgLatencyMs(latency)
                .setMinLatencyMs(latency / 4)
                .setMaxLatencyMs(latency * 2)
                .setMsPerKToken(Math.round(seconds * 1e6 / sum.getTotal()))
                .setTokensPerSecond(rounded(sum.getTotal() / seconds, 10))
                .setOutputTokPerSecond(rounded(sum.getOutput() / seconds, 10))
                .setCostPerCall(rounded(sum.getCost() / sum.getCalls(), 1e6))
                .build();
    }

    private static ModelCategoryUsage modelCategory(Strand strand, long calls) {
        UsageCounters.Builder counters = strand.counters(calls);
        long latency = strand.latency(calls);
        return ModelCategoryUsage.newBuilder()
                .setModel(strand.model().id())
                .setCategory(strand.category())
                .setCounters(
                        UsageCounters.newBuilder()
                                .setCalls(calls)
                                .setCost(rounded(counters.getCost(), 1e6))
                                .setTotal(counters.getTotal())
                                .setInput(counters.getInput())
                                .setOutput(counters.getOutput())
                                .setSuccessRate(
                                        rounded(100.0 * counters.getSuccesses() / calls, 100))
                                .setAvgLatencyMs(latency)
                                .setTokensPerSecond(
                                        rounded(
                                                counters.getTotal() * 1000.0 / (latency * calls),
                                                10)))
                .build();
    }

    private static double rounded(double value, double unit) {
        return Math.round(value * unit) / unit;
    }
}
