package dev.wolverine.bench.fleet;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All simulated instances of one seed. The kinds and names follow from an instance's index, so that
 * a larger fleet contains the smaller one.
 *
 * @param seed repeats the fleet
 * @param originSecond the epoch second in which the simulation begins
 * @param instances how many, at least 1
 */
public record SimulatedFleet(long seed, long originSecond, int instances) {

    /** What the simulation shows happens within its first day: let it begin a day before now. */
    public static final long PROLOGUE_SECONDS = 86_400;

    public SimulatedFleet {
        if (instances < 1) {
            throw new IllegalArgumentException("instances: " + instances + " (expected: >= 1)");
        }
    }

    /** The instance of this index, from 0; a new one with each call. */
    public SimulatedInstance instance(int index) {
        return new InstanceFactory(seed, originSecond).create(index);
    }

    /**
     * The second of the simulation at this time of the wall clock, milliseconds since the epoch.
     */
    public long secondAt(long epochMillis) {
        return Math.floorDiv(epochMillis, 1000L) - originSecond;
    }

    /** Instances by their ids. */
    public Map<String, SimulatedInstance> byId() {
        Map<String, SimulatedInstance> byId = new HashMap<>();
        for (int index = 0; index < instances; index++) {
            SimulatedInstance instance = instance(index);
            @Nullable SimulatedInstance twin = byId.put(instance.id(), instance);
            if (twin != null) {
                throw new IllegalStateException("two instances share the id " + instance.id());
            }
        }
        return byId;
    }
}
