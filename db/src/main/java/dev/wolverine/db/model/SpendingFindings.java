package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What the analysis of costs has found of an organisation, for who judges it. Blocking. */
public interface SpendingFindings {

    /**
     * A mark that the spending of a budget's period has passed, or will.
     *
     * @param budget its id, as text
     * @param percent of the limit: the mark
     * @param spentMicros when it was passed, millionths of a dollar
     * @param limitMicros of the period
     * @param isForecast whether it is only expected so far
     * @param at when it was noticed
     * @param periodEnds until when it holds
     */
    record Crossing(
            String budget,
            String name,
            int percent,
            long spentMicros,
            long limitMicros,
            boolean isForecast,
            Instant at,
            Instant periodEnds) {}

    /**
     * Spending that was more than usual.
     *
     * @param id as text
     * @param subject whose: a server, a model, or the organisation, for a person
     * @param spentMicros in that hour, millionths of a dollar
     * @param expectedMicros at most, by what was usual
     * @param hour the one it is about
     */
    record Anomaly(
            String id, String subject, long spentMicros, long expectedMicros, Instant hour) {}

    /** Crossings of periods that are not over. */
    List<Crossing> crossings(UUID organisation, Instant now);

    /** Anomalies of hours since then, at most a few hundred. */
    List<Anomaly> anomalies(UUID organisation, Instant since);

    /** None, where costs are not analysed. */
    static SpendingFindings none() {
        return new SpendingFindings() {
            @Override
            public List<Crossing> crossings(UUID organisation, Instant now) {
                return List.of();
            }

            @Override
            public List<Anomaly> anomalies(UUID organisation, Instant since) {
                return List.of();
            }
        };
    }
}
