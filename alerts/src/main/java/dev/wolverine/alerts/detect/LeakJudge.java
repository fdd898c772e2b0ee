package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.leak.LeakRule;
import dev.wolverine.alerts.leak.LeakSegments;
import dev.wolverine.alerts.leak.LeakVerdict;
import dev.wolverine.alerts.leak.MemoryHistory;
import dev.wolverine.alerts.leak.VersionVerdict;
import dev.wolverine.alerts.rule.RuleParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Judges memory: the leak rule over an instance's floors, and versions against each other. */
final class LeakJudge {

    private static final int CHART_HOURS = 24;
    private static final int MOST_RULES = 256;
    private static final int MOST_PROCESSES = 100;
    private static final Duration COMPARED_EVERY = Duration.ofMinutes(15);

    private record Slopes(Instant at, Map<String, List<Double>> byVersion) {}

    private final InstanceHistories histories;
    private final Map<RuleParameters.MemoryLeak, LeakRule> rules = new LeastRecent<>(MOST_RULES);
    private final Map<UUID, Slopes> slopes = new LeastRecent<>(MOST_RULES);

    LeakJudge(InstanceHistories histories) {
        this.histories = histories;
    }

    Judgement judge(InstanceHistory instance, RuleParameters.MemoryLeak parameters, Instant now) {
        LeakRule rule = rules.computeIfAbsent(parameters, LeakJudge::rule);
        LeakVerdict verdict = instance.leak(rule);
        if (verdict.reason() == LeakVerdict.Reason.NO_DATA) {
            return Judgement.unknown();
        }
        boolean isTold =
                verdict.fires()
                        || parameters.growing() && verdict.severity() == LeakVerdict.Severity.INFO;
        if (!isTold) {
            return rule.isWatching(instance.memory())
                    ? Judgement.unknown(new Evidence().with("state", "restarted, watching"))
                    : Judgement.silent();
        }
        Optional<VersionVerdict> versions = compare(instance, now);
        String summary =
                verdict.sentence()
                        + versions.filter(VersionVerdict::isWorse)
                                .map(worse -> " " + worse.sentence())
                                .orElse("");
        return Judgement.fires(severity(verdict), summary, evidence(instance, verdict, versions));
    }

    private static LeakRule rule(RuleParameters.MemoryLeak parameters) {
        return LeakRule.of(
                parameters.leastMb(),
                parameters.leastPercent() / 100.0,
                60 * parameters.holdMinutes(),
                60 * parameters.keepMinutes(),
                parameters.criticalHours(),
                parameters.usualLimitMb());
    }

    private static Severity severity(LeakVerdict verdict) {
        return switch (verdict.severity()) {
            case NONE, INFO -> Severity.INFO;
            case WARNING -> Severity.WARNING;
            case CRITICAL -> Severity.CRITICAL;
        };
    }

    private static Evidence evidence(
            InstanceHistory instance, LeakVerdict verdict, Optional<VersionVerdict> versions) {
        Evidence evidence =
                new Evidence()
                        .with("reason", verdict.reason().name().toLowerCase(Locale.ROOT))
                        .with("restarts24h", verdict.restarts());
        verdict.growth()
                .ifPresent(growth ->
                        evidence.with("slopeMbPerHour", growth.slopeMbPerHour())
                                .with("slopeLowMbPerHour", growth.lowMbPerHour())
                                .with("slopeHighMbPerHour", growth.highMbPerHour())
                                .with("windowHours", growth.hours())
                                .with("fromMb", growth.fromMb())
                                .with("toMb", growth.toMb()));
        verdict.limitMb().ifPresent(limit -> evidence.with("limitMb", limit));
        verdict.hoursToLimit().ifPresent(hours -> evidence.with("hoursToLimit", hours));
        Counters counters = instance.counters();
        if (counters != null && !counters.version().isEmpty()) {
            evidence.with("version", counters.version());
        }
        versions.ifPresent(compared ->
                evidence.part("versions")
                        .put("sentence", compared.sentence())
                        .put("isWorse", compared.isWorse())
                        .put("version", compared.version())
                        .put("other", compared.other())
                        .put("processes", compared.processes())
                        .put("otherProcesses", compared.otherProcesses())
                        .put("probability", compared.probability()));
        var chart = evidence.list("floors");
        for (MemoryHistory.Floor floor : instance.memory().floors(CHART_HOURS)) {
            chart.addArray().add(floor.second()).add(floor.memoryMb());
        }
        return evidence;
    }

    private Optional<VersionVerdict> compare(InstanceHistory instance, Instant now) {
        Counters counters = instance.counters();
        if (counters == null || counters.version().isEmpty()) {
            return Optional.empty();
        }
        Slopes known = slopes.get(instance.organisation());
        if (known == null
                || now.isBefore(known.at())
                || now.isAfter(known.at().plus(COMPARED_EVERY))) {
            known = new Slopes(now, slopes(instance.organisation()));
            slopes.put(instance.organisation(), known);
        }
        return VersionVerdict.of(counters.version(), known.byVersion());
    }

    /** Of at most a hundred processes of each version. */
    private Map<String, List<Double>> slopes(UUID organisation) {
        List<InstanceHistory> instances = histories.of(organisation);
        Map<Integer, String> names = new HashMap<>();
        for (InstanceHistory instance : instances) {
            Counters counters = instance.counters();
            if (counters != null && !counters.version().isEmpty()) {
                names.put(counters.version().hashCode(), counters.version());
            }
        }
        Map<String, List<Double>> byVersion = new LinkedHashMap<>();
        Map<String, Integer> looked = new HashMap<>();
        for (InstanceHistory instance : instances) {
            Counters counters = instance.counters();
            if (counters == null
                    || looked.merge(counters.version(), 1, Integer::sum) > MOST_PROCESSES) {
                continue;
            }
            for (LeakSegments.Segment segment : LeakSegments.of(instance.memory())) {
                String name = names.get(segment.version());
                if (name != null) {
                    byVersion
                            .computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(segment.slopeMbPerHour());
                }
            }
        }
        return byVersion;
    }
}
