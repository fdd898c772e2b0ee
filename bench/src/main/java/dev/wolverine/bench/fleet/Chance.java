package dev.wolverine.bench.fleet;

import java.nio.charset.StandardCharsets;

/**
 * Chance that repeats itself: the same seed and position give the same number, for ever and in any
 * order. Immutable.
 */
record Chance(long seed) {

    /** An independent source for one topic. */
    Chance of(String topic) {
        long mixed = seed;
        for (byte character : topic.getBytes(StandardCharsets.UTF_8)) {
            mixed = mix(mixed + character);
        }
        return new Chance(mixed);
    }

    /** An independent source for one member of a series. */
    Chance of(long member) {
        return new Chance(mix(seed ^ mix(member)));
    }

    /** At least 0, less than 1. */
    double unit(long position) {
        return (bits(position) >>> 11) * 0x1.0p-53;
    }

    /** At least {@code lowest}, less than {@code highest}. */
    double between(long position, double lowest, double highest) {
        return lowest + unit(position) * (highest - lowest);
    }

    /** At least 0, less than {@code bound}. */
    int below(long position, int bound) {
        return (int) (unit(position) * bound);
    }

    long bits(long position) {
        return mix(seed + mix(position));
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
