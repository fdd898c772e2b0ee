package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.alerts.rule.Wildcard;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.postgres.SelectAlerts;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a silence means by its patterns: each names a property of an alert, and all must match. */
public final class Matchers {

    /** A label of the alert is named `label.` and its name. */
    public static final String LABEL = "label.";

    public static final Set<String> NAMES = Set.of("rule", "kind", "server", "tag", "severity");

    private Matchers() {}

    /**
     * @param rule null if it is gone
     * @param server null if the alert is of no single server
     */
    public static boolean match(
            Map<String, String> matchers,
            AlertRecord alert,
            @Nullable Rule rule,
            @Nullable ServerFacts server) {
        return matchers.entrySet().stream()
                .allMatch(one -> matches(one.getKey(), one.getValue(), alert, rule, server));
    }

    /** The same for one as it is shown, whose server has the one tag that it is grouped by. */
    public static boolean match(Map<String, String> matchers, SelectAlerts.Shown shown) {
        AlertRecord alert = shown.alert();
        @Nullable ServerFacts server =
                shown.instanceId() == null
                        ? null
                        : new ServerFacts(
                                alert.subject().serverId(),
                                alert.organisationId(),
                                shown.instanceId(),
                                alert.subject().name(),
                                "",
                                alert.subject().tag().isEmpty()
                                        ? new TreeSet<>()
                                        : new TreeSet<>(Set.of(alert.subject().tag())));
        return matchers.entrySet().stream()
                .allMatch(one ->
                        one.getKey().equals("rule")
                                ? Wildcard.matches(one.getValue(), shown.rule())
                                : matches(one.getKey(), one.getValue(), alert, null, server));
    }

    private static boolean matches(
            String name,
            String pattern,
            AlertRecord alert,
            @Nullable Rule rule,
            @Nullable ServerFacts server) {
        if (name.startsWith(LABEL)) {
            String label = alert.subject().labels().get(name.substring(LABEL.length()));
            return label != null && Wildcard.matches(pattern, label);
        }
        return switch (name) {
            case "rule" -> rule != null && Wildcard.matches(pattern, rule.name());
            case "kind" -> Wildcard.matches(pattern, alert.kind());
            case "severity" -> Wildcard.matches(pattern, label(alert.severity()));
            case "server" ->
                    server != null
                            && (Wildcard.matches(pattern, server.instanceId())
                                    || Wildcard.matches(pattern, server.name()));
            case "tag" ->
                    server != null
                            && server.tags().stream()
                                    .anyMatch(tag -> Wildcard.matches(pattern, tag));
            default -> false;
        };
    }

    /** The name of a severity: 0 info to 3 critical. */
    public static String label(int severity) {
        return Severity.values()[severity].name().toLowerCase(Locale.ROOT);
    }
}
