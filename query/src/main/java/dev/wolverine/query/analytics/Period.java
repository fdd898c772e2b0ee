package dev.wolverine.query.analytics;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A span of time that is asked about: whole quarters of an hour, which is as fine as usage is kept.
 *
 * @param from inclusive
 * @param to exclusive
 * @param zone whose calendar days, weeks and months are those of the answer
 */
public record Period(Instant from, Instant to, ZoneId zone) {

    /** The longest series. */
    public static final int MAX_POINTS = 1_000;

    /** The longest span: rollups are not kept for longer. */
    public static final Duration LONGEST = Duration.ofDays(5 * 366);

    private static final Duration QUARTER = Duration.ofMinutes(15);

    /**
     * @throws IllegalArgumentException if the end is not after the begin, or longer behind it than
     *     {@link #LONGEST}
     */
    public Period {
        if (!from.isBefore(to) || Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "from: " + from + " (expected: at most five years before to, " + to + ")");
        }
    }

    /** What two instants enclose, widened to whole quarters. */
    public static Period between(Instant from, Instant to, ZoneId zone) {
        return new Period(Step.floor(from, QUARTER), ceiling(to), zone);
    }

    /** The last so and so long, to the end of the quarter that is running. */
    public static Period last(Duration length, Instant now, ZoneId zone) {
        Instant to = ceiling(now);
        return new Period(Step.floor(to.minus(length), QUARTER), to, zone);
    }

    /** The span of the same length that ends where this one begins. */
    public Period previous() {
        return new Period(from.minus(Duration.between(from, to)), from, zone);
    }

    /** Begin and end. */
    public List<Instant> edges() {
        return List.of(from, to);
    }

    /**
     * Where the points of a series begin, and the last ends. The first and the last may be cut.
     *
     * @throws IllegalArgumentException if there are more than {@link #MAX_POINTS}
     */
    public List<Instant> edges(Step step) {
        List<Instant> edges = new ArrayList<>();
        for (Instant edge = from; edge.isBefore(to); ) {
            edges.add(edge);
            if (edges.size() > MAX_POINTS) {
                throw new IllegalArgumentException(
                        "step: "
                                + step.label()
                                + " makes more than "
                                + MAX_POINTS
                                + " points of this period (expected: a wider step)");
            }
            edge = step.next(step.start(edge, zone), zone);
        }
        edges.add(to);
        return List.copyOf(edges);
    }

    private static Instant ceiling(Instant instant) {
        Instant floor = Step.floor(instant, QUARTER);
        return floor.equals(instant) ? floor : floor.plus(QUARTER);
    }
}
