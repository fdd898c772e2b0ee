package dev.wolverine.query.analytics;

import dev.wolverine.db.reader.UsageAmounts;
import java.time.Instant;
import java.util.List;

/**
 * What was used over time.
 *
 * @param edges where each point begins, and the last ends
 * @param points by time, those without usage left out
 */
public record UsageSeries(Period period, List<Instant> edges, List<Point> points) {

    public UsageSeries {
        edges = List.copyOf(edges);
        points = List.copyOf(points);
    }

    /**
     * One point.
     *
     * @param key of the grouping; empty if there is none
     */
    public record Point(Instant time, String key, UsageAmounts amounts) {}
}
