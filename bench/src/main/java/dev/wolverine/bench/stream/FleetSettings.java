package dev.wolverine.bench.stream;

import java.time.Duration;

/**
 * How a fleet sends.
 *
 * @param history how much of the past is replayed first; zero for none
 * @param historyInterval between two beats of it, whole seconds
 * @param interval between two live beats, whole seconds, at least 1
 * @param speed simulated seconds of history per second; 0: as fast as it is acknowledged
 * @param streams over which the instances are spread, at least 1
 * @param connections over which the streams are spread, at least 1
 */
public record FleetSettings(
        Duration history,
        Duration historyInterval,
        Duration interval,
        double speed,
        int streams,
        int connections) {

    public FleetSettings {
        require(!history.isNegative(), "history", history, "zero or more");
        require(
                historyInterval.toSeconds() >= 1,
                "history-interval",
                historyInterval,
                "1s or more");
        require(interval.toSeconds() >= 1, "interval", interval, "1s or more");
        require(speed >= 0, "speed", speed, ">= 0");
        require(streams >= 1, "streams", streams, ">= 1");
        require(connections >= 1, "connections", connections, ">= 1");
    }

    private static void require(boolean met, String name, Object value, String expected) {
        if (!met) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: %s)".formatted(name, value, expected));
        }
    }
}
