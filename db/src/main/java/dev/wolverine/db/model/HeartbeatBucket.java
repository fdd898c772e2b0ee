package dev.wolverine.db.model;

import java.time.Instant;

/**
 * The beats of one server in one stretch of client time. Numbers are over these beats; {@link
 * Heartbeat#ABSENT} where none of them sent it.
 *
 * @param time when it begins
 * @param beats how many there are, at least one
 * @param slowestRouteMicros highest average of the slowest route, microseconds
 * @param uptimeSeconds of the last beat
 */
public record HeartbeatBucket(
        Instant time,
        int beats,
        int memoryMbMin,
        double memoryMbAverage,
        int memoryMbMax,
        double cpuPercentMin,
        double cpuPercentAverage,
        double cpuPercentMax,
        int unhealthyRoutesMax,
        int slowestRouteMicros,
        int uptimeSeconds) {}
