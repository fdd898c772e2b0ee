package dev.wolverine.alerts.detect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.RuleParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The alerts that an instance raises by itself, each a subject of its own. */
final class ReportedAlerts {

    private static final int MOST = 20;
    private static final int MOST_CHARACTERS = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportedAlerts() {}

    static List<Judgement> judge(InstanceHistory instance, RuleParameters.ClientAlert parameters) {
        Counters counters = instance.counters();
        if (counters == null || !counters.isWhole()) {
            return List.of(Judgement.unknown());
        }
        List<Judgement> judged = new ArrayList<>();
        for (String json : counters.alertsJson()) {
            Judgement alert = read(json);
            if (alert.severity().compareTo(parameters.leastSeverity()) >= 0
                    && judged.stream().noneMatch(other -> other.labels().equals(alert.labels()))
                    && judged.size() < MOST) {
                judged.add(alert);
            }
        }
        return judged.isEmpty() ? List.of(Judgement.silent()) : judged;
    }

    private static Judgement read(String json) {
        JsonNode alert;
        try {
            alert = JSON.readTree(json);
        } catch (JsonProcessingException _) {
            alert = JSON.createObjectNode();
        }
        String type = first(alert, "type", "name", "rule", "id");
        String message = first(alert, "message", "title", "text", "description");
        if (alert.isTextual()) {
            message = shortened(alert.textValue());
        }
        String subject = type.isEmpty() ? message : type;
        return new Judgement(
                Map.of("alert", subject.isEmpty() ? "unnamed" : subject),
                Condition.TRUE,
                severity(first(alert, "severity", "level")),
                "It reports: " + (message.isEmpty() ? type : message),
                new Evidence().with("reported", shortened(json)));
    }

    private static Severity severity(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "info", "debug", "low" -> Severity.INFO;
            case "error", "high" -> Severity.ERROR;
            case "critical", "fatal", "emergency" -> Severity.CRITICAL;
            default -> Severity.WARNING;
        };
    }

    private static String first(JsonNode alert, String... names) {
        for (String name : names) {
            JsonNode value = alert.get(name);
            if (value != null && value.isValueNode() && !value.isNull()) {
                return shortened(value.asText());
            }
        }
        return "";
    }

    private static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }
}
