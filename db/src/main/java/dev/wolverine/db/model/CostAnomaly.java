package dev.wolverine.db.model;

import java.time.Instant;

/**
 * Spending that was more than usual.
 *
 * @param id as text
 * @param subject whose: a server, a model, or the organisation, for a person
 * @param spentMicros in that hour, millionths of a dollar
 * @param expectedMicros at most, by what was usual
 * @param hour the one it is about
 */
public record CostAnomaly(
        String id, String subject, long spentMicros, long expectedMicros, Instant hour) {}
