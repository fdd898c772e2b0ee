package dev.wolverine.query.analytics;

import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.reader.SelectBlindWindows;
import dev.wolverine.db.reader.SelectLostTime;
import dev.wolverine.db.reader.SelectRecentUptime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks how well servers were there. Never blocks; thread-safe. */
public final class SlaQuery {

    private final FleetUptime uptime;
    private final SelectRecentUptime recent;
    private final SelectBlindWindows blind;
    private final SelectLostTime lost;
    private final Clock clock;

    public SlaQuery(
            FleetUptime uptime,
            SelectRecentUptime recent,
            SelectBlindWindows blind,
            SelectLostTime lost,
            Clock clock) {
        this.uptime = uptime;
        this.recent = recent;
        this.blind = blind;
        this.lost = lost;
        this.clock = clock;
    }

    /**
     * What is asked.
     *
     * @param instanceId null: all servers
     * @param limit the most servers to be told each
     */
    public record Question(
            Period period,
            @Nullable String instanceId,
            double target,
            boolean serving,
            int limit) {}

    /** Empty if the organisation has no such instance. */
    public CompletionStage<Optional<SlaReport>> read(UUID organisationId, Question question) {
        Instant now = clock.instant();
        Period period = question.period();
        CompletionStage<List<SelectRecentUptime.Recent>> windows =
                recent(organisationId, question, now, Duration.ofHours(1))
                        .thenCombine(
                                recent(organisationId, question, now, Duration.ofMinutes(5)),
                                List::of)
                        .thenCombine(
                                recent(organisationId, question, now, Duration.ofMinutes(30)),
                                SlaQuery::append);
        CompletionStage<List<ServerUptime>> sixHours =
                uptime.ofOrganisation(organisationId, now.minus(Duration.ofHours(6)), now);
        return uptime.ofOrganisation(organisationId, period.from(), period.to())
                .thenCombine(
                        blind.execute(organisationId, period.from(), period.to()),
                        (servers, dark) -> new Measured(of(servers, question.instanceId()), dark))
                .thenCombine(
                        sixHours,
                        (measured, six) -> measured.with(sum(of(six, question.instanceId()))))
                .thenCombine(windows, (measured, minutes) -> report(question, measured, minutes));
    }

    /** Each stretch that a server lost, the newest first; empty if there is no such instance. */
    public CompletionStage<Optional<List<SelectLostTime.Lost>>> lost(
            UUID organisationId, String instanceId, Period period, int limit) {
        Instant now = clock.instant();
        Instant to = period.to().isBefore(now) ? period.to() : now;
        return lost.execute(organisationId, instanceId, period.from(), to, now, limit);
    }

    private record Measured(
            List<ServerUptime> servers, List<SelectBlindWindows.Window> blind, Uptime sixHours) {

        Measured(List<ServerUptime> servers, List<SelectBlindWindows.Window> blind) {
            this(servers, blind, Uptime.NONE);
        }

        Measured with(Uptime six) {
            return new Measured(servers, blind, six);
        }
    }

    private CompletionStage<SelectRecentUptime.Recent> recent(
            UUID organisationId, Question question, Instant now, Duration window) {
        return recent.execute(organisationId, question.instanceId(), now.minus(window), now);
    }

    private static List<SelectRecentUptime.Recent> append(
            List<SelectRecentUptime.Recent> list, SelectRecentUptime.Recent last) {
        List<SelectRecentUptime.Recent> all = new ArrayList<>(list);
        all.add(last);
        return all;
    }

    private static Optional<SlaReport> report(
            Question question, Measured measured, List<SelectRecentUptime.Recent> windows) {
        if (question.instanceId() != null && measured.servers().isEmpty()) {
            return Optional.empty();
        }
        List<ServerUptime> servers = new ArrayList<>(measured.servers());
        servers.sort(
                Comparator.comparingDouble((ServerUptime server) ->
                                (question.serving()
                                                ? server.uptime().serving()
                                                : server.uptime().reachable())
                                        .orElse(1))
                        .thenComparing(ServerUptime::instanceId));
        Uptime six = measured.sixHours();
        long keptInSix = question.serving() ? six.servingMs() : six.aliveMs();
        List<SlaReport.Burn> burns =
                List.of(
                        new SlaReport.Burn(
                                Duration.ofHours(1),
                                Duration.ofMinutes(5),
                                14.4,
                                rate(question, windows.get(0)),
                                rate(question, windows.get(1))),
                        new SlaReport.Burn(
                                Duration.ofHours(6),
                                Duration.ofMinutes(30),
                                6,
                                rate(question, six.measuredMs(), keptInSix),
                                rate(question, windows.get(2))));
        return Optional.of(
                new SlaReport(
                        question.target(),
                        question.serving(),
                        question.period().from(),
                        question.period().to(),
                        sum(servers),
                        servers.subList(0, Math.min(question.limit(), servers.size())),
                        servers.size(),
                        burns,
                        measured.blind()));
    }

    private static OptionalDouble rate(Question question, SelectRecentUptime.Recent recent) {
        return rate(
                question,
                recent.measuredMs(),
                question.serving() ? recent.servingMs() : recent.aliveMs());
    }

    private static OptionalDouble rate(Question question, long measuredMs, long keptMs) {
        if (measuredMs <= 0) {
            return OptionalDouble.empty();
        }
        double lost = Math.max(0, measuredMs - keptMs) / (double) measuredMs;
        return OptionalDouble.of(lost / (1 - question.target()));
    }

    private static List<ServerUptime> of(List<ServerUptime> servers, @Nullable String instanceId) {
        return instanceId == null
                ? servers
                : servers.stream()
                        .filter(server -> server.instanceId().equals(instanceId))
                        .toList();
    }

    private static Uptime sum(List<ServerUptime> servers) {
        return servers.stream().map(ServerUptime::uptime).reduce(Uptime.NONE, Uptime::plus);
    }
}
