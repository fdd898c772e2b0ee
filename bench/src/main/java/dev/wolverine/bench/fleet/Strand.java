package dev.wolverine.bench.fleet;

import dev.wolverine.proto.v1.UsageCounters;

/**
 * One combination of model, category and tool, and what its calls use: every breakdown is a sum of
 * strands, so that all of them agree. Immutable.
 *
 * @param weight share of the instance's calls
 * @param before calls made before the simulation began
 * @param meanInput tokens of a call
 * @param meanOutput tokens of an answer
 */
record Strand(
        LanguageModel model,
        String category,
        String tool,
        double weight,
        int before,
        int meanInput,
        int meanOutput,
        Chance chance) {

    /** Counters after so many calls; none of them falls as the calls grow. */
    UsageCounters.Builder counters(long calls) {
        long input = tokens(calls, meanInput, 1);
        long output = model.answers() ? tokens(calls, meanOutput, 2) : 0;
        long cacheCreation = model.caching() ? tokens(calls, meanInput / 3, 3) : 0;
        long cacheRead = model.caching() ? tokens(calls, meanInput * 2, 4) : 0;
        long failures = calls / 29;
        return UsageCounters.newBuilder()
                .setInput(input)
                .setOutput(output)
                .setTotal(input + output)
                .setCalls(calls)
                .setCost(model.cost(input, output, cacheCreation, cacheRead))
                .setCacheCreation(cacheCreation)
                .setCacheRead(cacheRead)
                .setCacheSavings(model.cacheSavings(cacheRead))
                .setSuccesses(calls - failures)
                .setFailures(failures)
                .setTimedCalls(calls);
    }

    /** Milliseconds a call takes on average. */
    long latency(long calls) {
        return 900 + chance.below(5, 4000) + chance.below(1000 + calls, 300);
    }

    /** The mean times the calls, with a wobble of less than one mean: it always rises. */
    private long tokens(long calls, int mean, long topic) {
        return calls == 0 ? 0 : calls * mean + chance.of(topic).below(calls, mean);
    }
}
