package dev.wolverine.alerts.notify;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** When a message is tried again: later and later, never at the same moment as all others. */
public final class RetrySchedule {

    private static final List<Duration> DELAYS =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    Duration.ofHours(3),
                    Duration.ofHours(8),
                    Duration.ofHours(24));

    private static final double JITTER = 0.2;

    private final DoubleSupplier random;

    /**
     * @param random numbers from 0 to 1
     */
    public RetrySchedule(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * How long to wait, 20 per cent more or less.
     *
     * @param attempts that have failed, at least 1
     * @return empty if there were enough
     */
    public Optional<Duration> after(int attempts) {
        if (attempts > DELAYS.size()) {
            return Optional.empty();
        }
        double factor = 1 - JITTER + 2 * JITTER * random.getAsDouble();
        return Optional.of(
                Duration.ofMillis(Math.round(DELAYS.get(attempts - 1).toMillis() * factor)));
    }
}
