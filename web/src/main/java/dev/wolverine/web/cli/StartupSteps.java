package dev.wolverine.web.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** How long each step of a start took. Not thread-safe. */
final class StartupSteps {

    /**
     * Milliseconds since 1970, from the launcher: the JVM knows its own start to the second only.
     */
    private static final String LAUNCHED_AT = "wolverine.launched-at";

    private final Instant begin;
    private final StringBuilder steps = new StringBuilder();

    private StartupSteps(Instant begin) {
        this.begin = begin;
    }

    /** Counts from when the launcher started Java, if it says so, else from now. */
    static StartupSteps begin(Instant now) {
        Long launchedAt = Long.getLong(LAUNCHED_AT);
        if (launchedAt == null) {
            return new StartupSteps(now);
        }
        StartupSteps steps = new StartupSteps(Instant.ofEpochMilli(launchedAt));
        steps.add("java", steps.elapsed(now).toMillis());
        return steps;
    }

    <T> T time(String name, Supplier<T> step) {
        long start = System.nanoTime();
        T result = step.get();
        add(name, millis(start));
        return result;
    }

    /** As `1234 ms: java 400, storage 500, platform 300`. */
    String summary(Instant now) {
        return elapsed(now).toMillis() + " ms: " + steps;
    }

    Duration elapsed(Instant now) {
        return Duration.between(begin, now);
    }

    private void add(String name, long millis) {
        steps.append(steps.isEmpty() ? "" : ", ").append(name).append(' ').append(millis);
    }

    private static long millis(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    }
}
