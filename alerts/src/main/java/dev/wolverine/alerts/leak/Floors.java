package dev.wolverine.alerts.leak;

/** The floors of one process in one window, in order; buckets with too few samples are left out. */
final class Floors {

    private final byte life;
    private final double[] times;
    private final double[] floors;
    private int size;

    Floors(byte life, int capacity) {
        this.life = life;
        times = new double[capacity];
        floors = new double[capacity];
    }

    void add(double time, double floorMb) {
        times[size] = time;
        floors[size] = floorMb;
        size++;
    }

    byte life() {
        return life;
    }

    /** Whether there are so many of them, over so many buckets. */
    boolean covers(double buckets) {
        return size >= Math.max(4, buckets) && span() + 1 >= buckets;
    }

    /** Buckets from the first to the last. */
    double span() {
        return times[size - 1] - times[0];
    }

    double first() {
        return Math.max(1, Math.min(floors[0], floors[1]));
    }

    /** A quick look that spares most series the long one. */
    boolean mayGrow(double leastMb) {
        return Math.max(floors[size - 1], floors[size - 2]) - Math.min(floors[0], floors[1])
                >= leastMb;
    }

    Trend trend() {
        return Trend.of(times, floors, 0, size);
    }

    /** A cache that fills slows down, and a step rises once: a leak does neither. */
    boolean risesThroughout(double slope, double leastLateSlope, double leastThirdSlope) {
        if (Trend.slope(times, floors, size / 2, size) < leastLateSlope * slope) {
            return false;
        }
        for (int third = 0; third < 3; third++) {
            int from = size * third / 3;
            int to = Math.min(size, size * (third + 1) / 3 + 1);
            if (to - from >= 2 && Trend.slope(times, floors, from, to) < leastThirdSlope * slope) {
                return false;
            }
        }
        return true;
    }
}
