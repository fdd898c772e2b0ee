package dev.wolverine.db.model;

import java.time.Instant;

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
public record BudgetCrossing(
        String budget,
        String name,
        int percent,
        long spentMicros,
        long limitMicros,
        boolean isForecast,
        Instant at,
        Instant periodEnds) {}
