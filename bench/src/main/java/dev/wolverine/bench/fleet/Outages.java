package dev.wolverine.bench.fleet;

/**
 * When an instance cannot reach the platform: for the last {@code offline} of each {@code period}
 * seconds. Immutable.
 *
 * @param period 0: never
 */
public record Outages(long period, long offline, long phase) {

    /** Always connected. */
    public static final Outages NONE = new Outages(0, 0, 0);

    public boolean offline(long second) {
        return period > 0 && Math.floorMod(second + phase, period) >= period - offline;
    }

    /**
     * The same instance with outages that come and go faster, for as long as it keeps its share.
     */
    public Outages withPeriod(long seconds) {
        return period == 0 ? NONE : new Outages(seconds, seconds * 2 / 5, phase * seconds / period);
    }
}
