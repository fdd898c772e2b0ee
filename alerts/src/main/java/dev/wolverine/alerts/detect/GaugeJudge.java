package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.alerts.rule.RuleParameters.Threshold.Field;
import dev.wolverine.db.model.Heartbeat;
import java.util.Locale;
import java.util.OptionalDouble;

/** Judges what the newest beats of an instance say. */
final class GaugeJudge {

    private static final double HOUR_MILLIS = 3_600_000;

    private GaugeJudge() {}

    static Judgement routes(InstanceHistory instance, RuleParameters.RouteDown parameters) {
        if (instance.unhealthyRoutes() == Heartbeat.ABSENT) {
            return Judgement.unknown();
        }
        int run = instance.recent().beatsUnhealthy(parameters.unhealthy());
        if (run == 0) {
            return Judgement.silent();
        }
        Evidence evidence =
                new Evidence()
                        .with("unhealthyRoutes", instance.unhealthyRoutes())
                        .with("healthyRoutes", Math.max(0, instance.healthyRoutes()))
                        .with("beats", run);
        if (run < parameters.beats()) {
            return Judgement.silent(evidence);
        }
        boolean isAll = instance.healthyRoutes() == 0;
        int unhealthy = instance.unhealthyRoutes();
        return Judgement.fires(
                isAll ? Severity.CRITICAL : Severity.ERROR,
                isAll
                        ? "None of its " + unhealthy + " routes is healthy."
                        : unhealthy == 1
                                ? "One route is not healthy."
                                : unhealthy + " routes are not healthy.",
                evidence);
    }

    static Judgement slowest(InstanceHistory instance, RuleParameters.SlowRoute parameters) {
        if (instance.recent().count() == 0) {
            return Judgement.unknown();
        }
        int run = instance.recent().beatsSlower(parameters.millis());
        if (run < parameters.beats()) {
            return Judgement.silent();
        }
        Counters counters = instance.counters();
        String path = counters == null ? "" : counters.slowestPath();
        double millis = instance.slowestMicros() / 1_000.0;
        return Judgement.fires(
                Severity.WARNING,
                String.format(
                        Locale.ROOT,
                        "%s answers in %.0f ms on average (more than %d ms in its last %d beats).",
                        path.isEmpty() ? "Its slowest route" : path,
                        millis,
                        parameters.millis(),
                        run),
                new Evidence().with("path", path).with("averageMs", millis).with("beats", run));
    }

    static Judgement backups(
            InstanceHistory instance, RuleParameters.BackupStale parameters, long clientMillis) {
        Counters counters = instance.counters();
        if (counters == null || counters.backups() == Heartbeat.ABSENT) {
            return Judgement.unknown();
        }
        double hours = (clientMillis - instance.backupsSinceMillis()) / HOUR_MILLIS;
        Evidence evidence = new Evidence().with("hours", hours).with("backups", counters.backups());
        return hours > parameters.hours()
                ? Judgement.fires(
                        Severity.WARNING,
                        String.format(
                                Locale.ROOT,
                                "The number of its backups, %d, has not changed for %.0f hours.",
                                counters.backups(),
                                hours),
                        evidence)
                : Judgement.silent(evidence);
    }

    static Judgement threshold(InstanceHistory instance, RuleParameters.Threshold parameters) {
        OptionalDouble actual = value(instance, parameters.field());
        if (actual.isEmpty()) {
            return Judgement.unknown();
        }
        double value = actual.getAsDouble();
        Evidence evidence = new Evidence().with("value", value).with("limit", parameters.value());
        return parameters.comparison().holds(value, parameters.value())
                ? Judgement.fires(
                        Severity.WARNING,
                        String.format(
                                Locale.ROOT,
                                "%s is %s: %s %s.",
                                words(parameters.field()),
                                number(value),
                                words(parameters.comparison()),
                                number(parameters.value())),
                        evidence)
                : Judgement.silent(evidence);
    }

    /** In the unit that its name says; empty if the instance did not send it. */
    static OptionalDouble value(InstanceHistory instance, Field field) {
        return switch (field) {
            case MEMORY_MB -> sent(instance.memoryMb(), 1);
            case PEAK_MEMORY_MB -> sent(instance.peakMemoryMb(), 1);
            case CPU_PERCENT -> sent(instance.cpuCentiPercent(), 100);
            case UPTIME_SECONDS -> sent(instance.uptimeSeconds(), 1);
            case ROUTES_HEALTHY -> sent(instance.healthyRoutes(), 1);
            case ROUTES_UNHEALTHY -> sent(instance.unhealthyRoutes(), 1);
            case SLOWEST_ROUTE_MS -> sent(instance.slowestMicros(), 1_000);
            case INSTANCES -> OptionalDouble.of(instance.instances());
            default -> counted(instance.counters(), field);
        };
    }

    private static OptionalDouble counted(
            @org.jspecify.annotations.Nullable Counters counters, Field field) {
        if (counters == null) {
            return OptionalDouble.empty();
        }
        return switch (field) {
            case ROUTES_TOTAL -> sent(counters.totalRoutes(), 1);
            case REPAIRS -> sent(counters.repairs(), 1);
            case REPAIR_SUCCESSES -> sent(counters.repairSuccesses(), 1);
            case REPAIR_FAILURES -> sent(counters.repairFailures(), 1);
            case REPAIR_COST_DOLLARS -> sent(counters.repairCostMicros(), 1e6);
            case TOKENS -> sent(counters.tokens(), 1);
            case CALLS -> sent(counters.calls(), 1);
            case COST_DOLLARS -> sent(counters.costMicros(), 1e6);
            case CACHE_SAVINGS_DOLLARS -> sent(counters.savingsMicros(), 1e6);
            case MEMORIES -> sent(counters.memories(), 1);
            case BACKUPS -> sent(counters.backups(), 1);
            default -> throw new IllegalStateException("no counter: " + field);
        };
    }

    private static OptionalDouble sent(long value, double unit) {
        return value == Heartbeat.ABSENT ? OptionalDouble.empty() : OptionalDouble.of(value / unit);
    }

    private static String words(Enum<?> name) {
        String text = name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return name instanceof Field
                ? Character.toUpperCase(text.charAt(0)) + text.substring(1)
                : text;
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
