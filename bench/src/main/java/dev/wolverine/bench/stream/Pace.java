package dev.wolverine.bench.stream;

/**
 * How fast history may be replayed. Immutable.
 *
 * @param start second of the history's beginning
 * @param startMillis wall clock when the replay began, milliseconds since the epoch
 * @param factor simulated seconds per second; 0: as fast as it is acknowledged
 */
record Pace(long start, long startMillis, double factor) {

    boolean allows(long second, long nowMillis) {
        return factor == 0 || second - start <= (nowMillis - startMillis) / 1000.0 * factor;
    }
}
