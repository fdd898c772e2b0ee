package dev.wolverine.query.analytics;

import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.reader.SelectBlindWindows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How well servers were there, against a target.
 *
 * @param target part of the time that is promised, as 0.999
 * @param serving whether it is promised that servers serve; else, that they are reachable
 * @param from begin of the first hour that is counted
 * @param to end of the last one
 * @param uptime of all servers together
 * @param servers each, the worst first
 * @param burns how quickly the budget is being used up
 * @param blind when the platform itself was away: excluded, but for what beats cover
 */
public record SlaReport(
        double target,
        boolean serving,
        Instant from,
        Instant to,
        Uptime uptime,
        List<ServerUptime> servers,
        int serverCount,
        List<Burn> burns,
        List<SelectBlindWindows.Window> blind) {

    public SlaReport {
        servers = List.copyOf(servers);
        burns = List.copyOf(burns);
        blind = List.copyOf(blind);
    }

    /**
     * One pair of windows: it burns if both are above the limit.
     *
     * @param longRate how many times faster than the target allows; empty if nothing was measured
     */
    public record Burn(
            Duration longWindow,
            Duration shortWindow,
            double limit,
            OptionalDouble longRate,
            OptionalDouble shortRate) {

        public boolean isBurning() {
            return longRate.orElse(0) > limit && shortRate.orElse(0) > limit;
        }
    }

    /** Milliseconds of server time that may be lost. */
    public long budgetMs() {
        return Math.round(uptime.measuredMs() * (1 - target));
    }

    /** Milliseconds of server time that were lost. */
    public long lostMs() {
        return uptime.measuredMs() - kept(uptime);
    }

    /** The part of the time that was kept, 0 to 1. */
    public OptionalDouble kept() {
        return serving ? uptime.serving() : uptime.reachable();
    }

    private long kept(Uptime of) {
        return serving ? of.servingMs() : of.aliveMs();
    }
}
