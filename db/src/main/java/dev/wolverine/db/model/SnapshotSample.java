package dev.wolverine.db.model;

import java.time.Instant;

/**
 * One beat out of a stretch of time, with the slow part of it.
 *
 * @param time begin of the stretch
 * @param at client time of the beat
 * @param slowestRouteMicros of the beat, or {@link Heartbeat#ABSENT}
 * @param healthyRoutes of the beat, or ABSENT
 * @param unhealthyRoutes of the beat, or ABSENT
 */
public record SnapshotSample(
        Instant time,
        Instant at,
        int slowestRouteMicros,
        int healthyRoutes,
        int unhealthyRoutes,
        Snapshot snapshot) {}
