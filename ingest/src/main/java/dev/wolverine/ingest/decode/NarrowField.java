package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Heartbeat;

/** A number that differs from beat to beat of an idle instance. */
enum NarrowField {
    /** Milliseconds since the epoch; not bounded here. */
    TIMESTAMP(1),
    PID(1),
    UPTIME_SECONDS(1),
    MEMORY_MB(1),
    PEAK_MEMORY_MB(1),
    CPU_CENTI_PERCENT(100),
    HEALTHY_ROUTES(1),
    UNHEALTHY_ROUTES(1),
    SLOWEST_ROUTE_MICROS(1_000);

    static final NarrowField[] ALL = values();

    private final int scale;

    NarrowField(int scale) {
        this.scale = scale;
    }

    /** The largest number that can be stored, as it is sent. */
    double maximum() {
        return (double) Integer.MAX_VALUE / scale;
    }

    /** Stored are so many parts of what is sent as one. */
    int scale() {
        return scale;
    }

    /**
     * What is stored of a number that was sent; {@link Heartbeat#ABSENT} if it is negative, not
     * finite or too large.
     */
    int stored(double value) {
        return value >= 0 && value <= maximum()
                ? (int) Math.min(Math.round(value * scale), Math.round(maximum() * scale))
                : Heartbeat.ABSENT;
    }

    /** One number a field, all absent. */
    static int[] none() {
        int[] values = new int[ALL.length];
        java.util.Arrays.fill(values, Heartbeat.ABSENT);
        return values;
    }
}
