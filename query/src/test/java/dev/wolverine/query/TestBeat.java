package dev.wolverine.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What of a beat matters for uptime. */
record TestBeat(
        int server,
        Instant timestamp,
        Instant receivedAt,
        int status,
        @Nullable Integer unhealthyRoutes) {

    static final int HEALTHY = 1;
    static final int DOWN = 3;

    static TestBeat healthy(int server, Instant timestamp, Instant receivedAt) {
        return new TestBeat(server, timestamp, receivedAt, HEALTHY, null);
    }
}
