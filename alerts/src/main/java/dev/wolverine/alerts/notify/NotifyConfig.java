package dev.wolverine.alerts.notify;

import java.time.Duration;

/**
 * How messages go out.
 *
 * @param workers channels that are delivered to at a time, 1 to 1000
 * @param perMinute messages that a channel gets at most in a minute, 2 to 60
 */
public record NotifyConfig(int workers, int perMinute) {

    /** Longer than any try takes: then another worker may have the channel. */
    public static final Duration LEASE = Duration.ofMinutes(1);

    public static NotifyConfig defaults() {
        return new NotifyConfig(32, 5);
    }
}
