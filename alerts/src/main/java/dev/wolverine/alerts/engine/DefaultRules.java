package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.rule.RuleText;
import dev.wolverine.db.postgres.RuleStore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules that every organisation begins with. They are ordinary rules from then on. */
public final class DefaultRules {

    private DefaultRules() {}

    public static List<RuleText> all() {
        return List.of(
                rule("Server down", "server_down", Map.of(), "critical", 0, 0),
                rule("Crash loop", "crash_loop", Map.of(), null, 0, 0),
                rule("Heal loop", "heal_loop", Map.of(), "critical", 0, 300),
                rule("Memory leak", "memory_leak", Map.of(), null, 0, 0),
                rule("Route down", "route_down", Map.of(), "error", 60, 120),
                rule("Slow route", "slow_route", Map.of("millis", "2000"), "warning", 120, 300),
                rule("Budget", "budget", Map.of(), null, 0, 0),
                rule("Unusual cost", "cost_anomaly", Map.of(), "warning", 0, 0),
                rule("Backups are old", "backup_stale", Map.of(), "warning", 0, 0),
                rule("Fleet event", "fleet_event", Map.of(), "error", 0, 0),
                rule("Reported by the instance", "client_alert", Map.of(), null, 0, 120));
    }

    public static List<RuleStore.Wish> wishes() {
        return all().stream().map(RuleReader::wish).toList();
    }

    private static RuleText rule(
            String name,
            String kind,
            Map<String, String> parameters,
            @Nullable String severity,
            long forSeconds,
            long keepFiringSeconds) {
        return new RuleText(
                name,
                kind,
                true,
                parameters,
                null,
                severity,
                forSeconds,
                keepFiringSeconds,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
