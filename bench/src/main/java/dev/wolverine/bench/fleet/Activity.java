package dev.wolverine.bench.fleet;

/**
 * How many calls of models an instance has made: a closed form, so that any second can be asked for
 * without walking there. Immutable.
 *
 * @param callsPerHour on average, without the surge
 * @param swing 0 to 1: how much of it follows the day
 * @param noon the second of the day with the most calls
 * @param surgeFrom second from which calls climb
 * @param surge calls an hour that each hour adds, for {@link #SURGE_HOURS} hours
 */
record Activity(double callsPerHour, double swing, long noon, long surgeFrom, double surge) {

    /** Then the climb ends, and the rate stays. */
    private static final double SURGE_HOURS = 30;

    private static final double DAY = 86_400;

    /** Calls from the simulation's beginning to this second; never falls as the second grows. */
    double calls(long second) {
        double wave = Math.sin(turn(second)) - Math.sin(turn(0));
        double steady = callsPerHour / 3600 * (second + swing * DAY / (2 * Math.PI) * wave);
        double hours = Math.max(0, second - surgeFrom) / 3600.0;
        double climbing = Math.min(hours, SURGE_HOURS);
        return steady + surge * climbing * climbing / 2 + surge * climbing * (hours - climbing);
    }

    private double turn(long second) {
        return 2 * Math.PI * (second - noon) / DAY;
    }
}
