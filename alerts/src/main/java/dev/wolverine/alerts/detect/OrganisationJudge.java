package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.crash.FleetEventRule;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.model.SpendingFindings.Crossing;
import dev.wolverine.db.model.SpendingFindings.Anomaly;
import dev.wolverine.db.model.SpendingFindings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Judges an organisation as a whole: what its servers do together, and what they spend. */
final class OrganisationJudge {

    private static final String ALL = "all servers";
    private static final int NAMED = 20;

    private final InstanceHistories histories;
    private final SpendingFindings spending;

    OrganisationJudge(InstanceHistories histories, SpendingFindings spending) {
        this.histories = histories;
        this.spending = spending;
    }

    /** The newest of those that are to be told. */
    List<Judgement> fleetEvents(
            UUID organisation, RuleParameters.FleetEvent parameters, Instant now) {
        List<InstanceHistory> instances = histories.of(organisation);
        long since = now.getEpochSecond() - 60L * parameters.keepMinutes();
        List<FleetEventRule.Restart> restarts = new ArrayList<>();
        for (InstanceHistory instance : instances) {
            OptionalLong restart = instance.restarts().lastRestartSecond();
            if (restart.isPresent()) {
                // By our clock: those of the instances differ.
                long ago = instance.newestMillis() / 1_000 - restart.getAsLong();
                long second = instance.seenMillis() / 1_000 - ago;
                if (second >= since - parameters.seconds()) {
                    restarts.add(
                            new FleetEventRule.Restart(
                                    Integer.toString(instance.serverId()), ALL, second));
                }
            }
        }
        Map<String, Integer> sizes = new HashMap<>(Map.of(ALL, talking(instances, now)));
        List<FleetEventRule.FleetEvent> events =
                new FleetEventRule(
                                parameters.seconds(),
                                parameters.percent() / 100.0,
                                parameters.servers())
                        .find(restarts, sizes);
        return events.stream()
                .filter(event -> event.toSecond() >= since)
                .reduce((_, last) -> last)
                .map(event -> List.of(fleetEvent(event, sizes.getOrDefault(ALL, 0))))
                .orElse(List.of(Judgement.silent()));
    }

    private int talking(List<InstanceHistory> instances, Instant now) {
        return (int)
                instances.stream()
                        .filter(instance ->
                                Silence.of(instance, histories.lifetime(), now.toEpochMilli())
                                        .isHeard())
                        .count();
    }

    private static Judgement fleetEvent(FleetEventRule.FleetEvent event, int size) {
        int restarted = event.servers().size();
        Evidence evidence =
                new Evidence()
                        .with("servers", restarted)
                        .with("of", size)
                        .with("fromSecond", event.fromSecond())
                        .with("toSecond", event.toSecond());
        var named = evidence.list("serverIds");
        event.servers().stream().sorted().limit(NAMED).map(Integer::valueOf).forEach(named::add);
        return Judgement.fires(
                Severity.WARNING,
                String.format(
                        Locale.ROOT,
                        "%d of %d servers restarted within %d seconds.",
                        restarted,
                        size,
                        Math.max(1, event.toSecond() - event.fromSecond())),
                evidence);
    }

    List<Judgement> budgets(UUID organisation, RuleParameters.Budget parameters, Instant now) {
        List<Judgement> judged = new ArrayList<>();
        for (Crossing crossing : spending.crossings(organisation, now)) {
            if (crossing.isForecast()
                    ? parameters.forecasts()
                    : crossing.percent() >= parameters.leastPercent()) {
                judged.add(budget(crossing));
            }
        }
        return judged.isEmpty() ? List.of(Judgement.silent()) : judged;
    }

    private static Judgement budget(Crossing crossing) {
        String summary =
                String.format(
                        Locale.ROOT,
                        crossing.isForecast()
                                ? "Budget %s will be overrun: %.2f of %.2f dollars are spent."
                                : "Budget %s has passed %d %%: %.2f of %.2f dollars are spent.",
                        crossing.isForecast()
                                ? new Object[] {
                                    crossing.name(),
                                    crossing.spentMicros() / 1e6,
                                    crossing.limitMicros() / 1e6
                                }
                                : new Object[] {
                                    crossing.name(),
                                    crossing.percent(),
                                    crossing.spentMicros() / 1e6,
                                    crossing.limitMicros() / 1e6
                                });
        return Judgement.fires(
                        crossing.percent() >= 100 && !crossing.isForecast()
                                ? Severity.ERROR
                                : Severity.WARNING,
                        summary,
                        new Evidence()
                                .with("percent", crossing.percent())
                                .with("spentDollars", crossing.spentMicros() / 1e6)
                                .with("limitDollars", crossing.limitMicros() / 1e6)
                                .with("forecast", crossing.isForecast())
                                .with("periodEnds", crossing.periodEnds().toString()))
                .of(
                        Map.of(
                                "budget",
                                crossing.budget(),
                                "mark",
                                crossing.isForecast()
                                        ? "forecast"
                                        : Integer.toString(crossing.percent())));
    }

    List<Judgement> anomalies(
            UUID organisation, RuleParameters.CostAnomaly parameters, Instant now) {
        List<Judgement> judged = new ArrayList<>();
        Instant since = now.minus(Duration.ofHours(parameters.keepHours()));
        for (Anomaly anomaly : spending.anomalies(organisation, since)) {
            double above = (anomaly.spentMicros() - anomaly.expectedMicros()) / 1e6;
            if (above >= parameters.leastDollars()) {
                judged.add(anomaly(anomaly));
            }
        }
        return judged.isEmpty() ? List.of(Judgement.silent()) : judged;
    }

    private static Judgement anomaly(Anomaly anomaly) {
        return Judgement.fires(
                        Severity.WARNING,
                        String.format(
                                Locale.ROOT,
                                "%s spent %.2f dollars in the hour from %s; usual are %.2f.",
                                anomaly.subject(),
                                anomaly.spentMicros() / 1e6,
                                anomaly.hour(),
                                anomaly.expectedMicros() / 1e6),
                        new Evidence()
                                .with("spentDollars", anomaly.spentMicros() / 1e6)
                                .with("expectedDollars", anomaly.expectedMicros() / 1e6)
                                .with("hour", anomaly.hour().toString()))
                .of(Map.of("anomaly", anomaly.id()));
    }
}
