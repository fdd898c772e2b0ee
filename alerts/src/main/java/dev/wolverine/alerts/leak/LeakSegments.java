package dev.wolverine.alerts.leak;

import java.util.ArrayList;
import java.util.List;

/** How fast each remembered process of an instance grows: what versions are compared by. */
public final class LeakSegments {

    private static final int LEAST_FLOORS = 8;
    private static final int WARM_UP_SECONDS = 3_600;

    private LeakSegments() {}

    /**
     * @param version hash of its name
     */
    public record Segment(int version, double slopeMbPerHour) {}

    /** Of processes that were seen for two hours behind their warm-up. */
    public static List<Segment> of(MemoryHistory history) {
        List<Segment> segments = new ArrayList<>();
        FloorRing ring = history.quarters();
        for (ProcessLife life : history.lives()) {
            long first =
                    Math.max(
                            ring.oldest(), ring.bucketOf(life.firstSecond() + WARM_UP_SECONDS) + 1);
            long last = Math.min(ring.newest(), ring.bucketOf(life.lastSecond())) - 1;
            if (last - first + 1 < LEAST_FLOORS) {
                continue;
            }
            Floors floors = new Floors(life.tag(), (int) (last - first + 1));
            for (long bucket = first; bucket <= last; bucket++) {
                if (ring.isOf(bucket, life.tag())) {
                    floors.add(bucket - first, ring.floor(bucket));
                }
            }
            if (floors.covers(LEAST_FLOORS)) {
                double hours = ring.bucketSeconds() / 3_600.0;
                segments.add(new Segment(life.version(), floors.trend().slope() / hours));
            }
        }
        return segments;
    }
}
