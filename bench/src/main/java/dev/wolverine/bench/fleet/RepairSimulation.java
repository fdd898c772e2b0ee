package dev.wolverine.bench.fleet;

/**
 * How often an instance has tried to repair itself. Immutable.
 *
 * @param before repairs made before the simulation began
 * @param spacing seconds between two repairs; 0: one repair per three crashes instead
 * @param failing share of the repairs that fail, 0 to 1
 * @param meanCost US dollars of one repair
 */
record RepairSimulation(
        Lives lives, int before, long spacing, double failing, double meanCost, Chance chance) {

    private static final int MEAN_TOKENS = 14_000;
    private static final int CRASHES_PER_REPAIR = 3;

    /**
     * Cumulative counters; none of them falls as the second grows.
     *
     * @param countedFrom the second in which the counters were lost and began again at 0; negative
     *     if they never were
     */
    Counters at(long second, long countedFrom) {
        long made = made(second) - (countedFrom < 0 ? -before : made(countedFrom));
        long failures = (long) (made * failing);
        double cost = made == 0 ? 0 : meanCost * (made + chance.between(made, 0, 0.9));
        return new Counters(
                made,
                made - failures,
                failures,
                Math.round(cost * 1e4) / 1e4,
                made == 0 ? 0 : MEAN_TOKENS * made + chance.below(made, MEAN_TOKENS),
                failures == (long) ((made - 1) * failing));
    }

    /** The second of the latest repair, where repairs are evenly spaced. */
    long latest(long second) {
        return second - Math.floorMod(second, spacing);
    }

    private long made(long second) {
        return spacing == 0
                ? lives.crashes(second) / CRASHES_PER_REPAIR
                : Math.floorDiv(second, spacing);
    }

    /** Totals; the cost is US dollars. */
    record Counters(
            long total,
            long successes,
            long failures,
            double cost,
            long tokens,
            boolean latestSucceeded) {

        long successPercent() {
            return total == 0 ? 0 : Math.round(100.0 * successes / total);
        }
    }
}
