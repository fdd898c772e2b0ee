package dev.wolverine.db.model;

import java.time.Instant;

/**
 * Repairs that a beat told of.
 *
 * @param error of the last of them; empty if the client sends none
 * @param count made since the beat before
 * @param costMicros spent on them, millionths of a dollar
 */
public record RepairRow(
        Instant timestamp, String error, long count, long successes, long costMicros) {}
