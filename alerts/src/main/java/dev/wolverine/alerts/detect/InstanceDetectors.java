package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.model.SpendingFindings;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The judges of all kinds over the memory of instances. For the thread of that memory.
 *
 * <p>While an instance is silent nobody can tell whether its loop is over, or its routes are well
 * again: all kinds but the search for silence itself, and what an organisation spends, then say so.
 */
public final class InstanceDetectors implements Detectors {

    private final InstanceHistories histories;
    private final LeakJudge leaks;
    private final OrganisationJudge organisations;

    public InstanceDetectors(InstanceHistories histories, SpendingFindings spending) {
        this.histories = histories;
        leaks = new LeakJudge(histories);
        organisations = new OrganisationJudge(histories, spending);
    }

    /**
     * @throws IllegalArgumentException if the kind is {@link RuleKind#EXPRESSION}, which is none of
     *     ours
     */
    @Override
    public List<Finding> judge(
            UUID organisation,
            int serverId,
            long ruleId,
            RuleKind kind,
            RuleParameters parameters,
            Instant now) {
        if (kind.isOfOrganisation()) {
            return ofOrganisation(organisation, parameters, now).stream()
                    .map(judged -> finding(judged, organisation, OptionalInt.empty(), ruleId, now))
                    .toList();
        }
        InstanceHistory instance = histories.of(organisation, serverId);
        if (instance == null || instance.newestMillis() == Long.MIN_VALUE) {
            return List.of();
        }
        return ofInstance(instance, parameters, now).stream()
                .map(judged -> finding(judged, organisation, OptionalInt.of(serverId), ruleId, now))
                .toList();
    }

    private List<Judgement> ofOrganisation(
            UUID organisation, RuleParameters parameters, Instant now) {
        return switch (parameters) {
            case RuleParameters.FleetEvent event ->
                    organisations.fleetEvents(organisation, event, now);
            case RuleParameters.Budget budget -> organisations.budgets(organisation, budget, now);
            case RuleParameters.CostAnomaly anomaly ->
                    organisations.anomalies(organisation, anomaly, now);
            default -> throw notOurs(parameters);
        };
    }

    private List<Judgement> ofInstance(
            InstanceHistory instance, RuleParameters parameters, Instant now) {
        long nowMillis = now.toEpochMilli();
        if (parameters instanceof RuleParameters.ServerDown down) {
            return List.of(
                    Silence.of(instance, down, histories.lifetime(), nowMillis)
                            .judge(instance.status()));
        }
        Silence silence = Silence.of(instance, histories.lifetime(), nowMillis);
        if (!silence.isHeard()) {
            return List.of(Judgement.unknown(new Evidence().with("state", "silent")));
        }
        long clientMillis = instance.newestMillis() + Math.max(0, silence.rawMillis());
        long clientSecond = Math.floorDiv(clientMillis, 1_000);
        return switch (parameters) {
            case RuleParameters.MemoryLeak leak -> List.of(leaks.judge(instance, leak, now));
            case RuleParameters.CrashLoop loop ->
                    List.of(LoopJudge.crashes(instance, loop, clientSecond));
            case RuleParameters.HealLoop loop ->
                    List.of(LoopJudge.repairs(instance, loop, clientSecond));
            case RuleParameters.RouteDown routes -> List.of(GaugeJudge.routes(instance, routes));
            case RuleParameters.SlowRoute route -> List.of(GaugeJudge.slowest(instance, route));
            case RuleParameters.Threshold threshold ->
                    List.of(GaugeJudge.threshold(instance, threshold));
            case RuleParameters.BackupStale backups ->
                    List.of(GaugeJudge.backups(instance, backups, clientMillis));
            case RuleParameters.ClientAlert alerts -> ReportedAlerts.judge(instance, alerts);
            default -> throw notOurs(parameters);
        };
    }

    private static IllegalArgumentException notOurs(RuleParameters parameters) {
        return new IllegalArgumentException(
                "kind: " + parameters.kind() + " (expected: one that detectors judge)");
    }

    private static Finding finding(
            Judgement judged, UUID organisation, OptionalInt serverId, long ruleId, Instant now) {
        return new Finding(
                organisation,
                ruleId,
                serverId,
                judged.labels(),
                judged.condition(),
                judged.severity(),
                now,
                judged.summary(),
                judged.evidence().toJson());
    }
}
