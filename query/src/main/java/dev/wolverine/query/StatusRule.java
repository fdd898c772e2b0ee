package dev.wolverine.query;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerState;
import java.time.Duration;
import java.time.Instant;

/**
 * Judges how a server is, from its newest state and the time. A pure function.
 *
 * <p>Silence counts by when beats arrive, not by what their clocks say, and begins to count when
 * the grace of the server's own {@link Rhythm} is over. Who was silent already when the platform
 * began to listen is unknown, not down, until a whole grace has passed: it may be us who were away.
 *
 * @param listeningSince when this platform began to take beats
 */
public record StatusRule(Instant listeningSince) {

    /** The reason of who is not heard any more. */
    static final String SILENT = "silent";

    /**
     * @param since when it began, as far as the state alone tells
     */
    public record Verdict(Status status, Instant since, String reason) {}

    public Verdict judge(ServerState state, Rhythm rhythm, Instant now) {
        Duration grace = rhythm.grace();
        if (now.toEpochMilli() - state.lastSeen().toEpochMilli() > grace.toMillis()) {
            return silent(state, grace, now);
        }
        if (state.status() == ReportedStatus.DOWN) {
            return new Verdict(Status.DOWN, state.timestamp(), "reports itself down");
        }
        if (state.unhealthyRoutes() > 0) {
            return new Verdict(Status.DEGRADED, state.timestamp(), routes(state));
        }
        if (state.status() == ReportedStatus.DEGRADED) {
            return new Verdict(Status.DEGRADED, state.timestamp(), "reports itself degraded");
        }
        return new Verdict(Status.HEALTHY, state.timestamp(), "beating");
    }

    private Verdict silent(ServerState state, Duration grace, Instant now) {
        if (Duration.between(listeningSince, now).compareTo(grace) <= 0) {
            return new Verdict(
                    Status.UNKNOWN, state.lastSeen(), "not heard since the platform started");
        }
        return new Verdict(Status.DOWN, state.lastSeen(), SILENT);
    }

    private static String routes(ServerState state) {
        int unhealthy = state.unhealthyRoutes();
        int total =
                state.totalRoutes() == Heartbeat.ABSENT
                        ? unhealthy + Math.max(0, state.healthyRoutes())
                        : state.totalRoutes();
        return unhealthy + " of " + total + (total == 1 ? " route" : " routes") + " failing";
    }
}
