package dev.wolverine.bench.chaos;

import java.time.Duration;
import java.util.Locale;

/** What may happen to a platform, and for how long it does. */
public enum FaultKind {
    KILL_PLATFORM(Duration.ZERO),
    KILL_POSTGRES(Duration.ZERO),
    KILL_REDIS(Duration.ZERO),
    PAUSE_PLATFORM(Duration.ofSeconds(3)),
    PAUSE_POSTGRES(Duration.ofSeconds(3)),
    PAUSE_REDIS(Duration.ofSeconds(3)),
    FLUSH_REDIS(Duration.ZERO),
    LOST_ACKS(Duration.ofSeconds(4)),
    SLOW_CLIENTS(Duration.ofSeconds(4)),
    NARROW_CLIENTS(Duration.ofSeconds(4)),
    STALLED_CLIENTS(Duration.ofSeconds(4)),
    RESET_CLIENTS(Duration.ofSeconds(4)),
    HALF_OPEN_CLIENTS(Duration.ofSeconds(6)),
    SLOW_DATABASE(Duration.ofSeconds(4)),
    STALLED_DATABASE(Duration.ofSeconds(4)),
    RESET_DATABASE(Duration.ofSeconds(4)),
    LOST_COMMITS(Duration.ofSeconds(4)),
    HALF_OPEN_DATABASE(Duration.ofSeconds(6)),
    STALLED_REDIS(Duration.ofSeconds(4)),
    RESET_REDIS(Duration.ofSeconds(4)),
    DISK_FULL(Duration.ofSeconds(5));

    private final Duration length;

    FaultKind(Duration length) {
        this.length = length;
    }

    /** How long it lasts; zero where it strikes once. */
    Duration length() {
        return length;
    }

    boolean pauses() {
        return this == PAUSE_PLATFORM || this == PAUSE_POSTGRES || this == PAUSE_REDIS;
    }

    /** As it is printed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
