package dev.wolverine.alerts.leak;

/**
 * How the floor of a process rises.
 *
 * @param slopeMbPerHour median over all pairs of floors
 * @param lowMbPerHour a quarter of the pairs rises less
 * @param highMbPerHour a quarter rises more
 * @param hours that it was seen for
 * @param fromMb floor at the beginning
 * @param toMb floor at the end
 */
public record Growth(
        double slopeMbPerHour,
        double lowMbPerHour,
        double highMbPerHour,
        double hours,
        int fromMb,
        int toMb) {}
