package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification.Member;
import dev.wolverine.alerts.notify.Notification.State;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The JSON of a {@link Notification}: what the outbox keeps.
 *
 * <p>Fields are only ever added, since rows of an earlier version may wait while the platform is
 * brought to a newer one. Thread-safe.
 */
public final class NotificationCodec {

    private static final JsonMapper MAPPER = new JsonMapper();

    private NotificationCodec() {}

    public static String write(Notification notification) {
        return tree(notification).toString();
    }

    /**
     * @throws IllegalArgumentException if it was not written by {@link #write}
     */
    public static Notification read(String json) {
        try {
            return notification(MAPPER.readTree(json));
        } catch (JsonProcessingException | DateTimeParseException | NullPointerException e) {
            throw new IllegalArgumentException("payload: not a notification", e);
        }
    }

    private static ObjectNode tree(Notification notification) {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put("eventId", notification.eventId().toString());
        tree.put("organisation", notification.organisation().toString());
        tree.put("groupId", notification.groupId().toString());
        tree.put("version", notification.version());
        tree.put("state", label(notification.state()));
        tree.put("severity", label(notification.severity()));
        tree.put("title", notification.title());
        tree.put("rule", notification.rule());
        tree.put("kind", notification.kind());
        ArrayNode members = tree.putArray("members");
        for (Member member : notification.members()) {
            members.add(tree(member));
        }
        tree.put("memberCount", notification.memberCount());
        tree.put("at", notification.at().toString());
        notification.link().ifPresent(link -> tree.put("link", link));
        notification.runbook().ifPresent(runbook -> tree.put("runbook", runbook));
        return tree;
    }

    private static ObjectNode tree(Member member) {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put("alertId", member.alertId().toString());
        tree.put("state", label(member.state()));
        tree.put("severity", label(member.severity()));
        tree.put("subject", member.subject());
        tree.put("summary", member.summary());
        tree.put("since", member.since().toString());
        member.resolvedAt().ifPresent(at -> tree.put("resolvedAt", at.toString()));
        member.acknowledgedBy().ifPresent(by -> tree.put("acknowledgedBy", by));
        return tree;
    }

    private static Notification notification(JsonNode tree) {
        List<Member> members = new ArrayList<>();
        tree.required("members").forEach(member -> members.add(member(member)));
        return new Notification(
                uuid(tree, "eventId"),
                uuid(tree, "organisation"),
                uuid(tree, "groupId"),
                tree.required("version").intValue(),
                constant(State.class, tree, "state"),
                constant(Severity.class, tree, "severity"),
                text(tree, "title"),
                text(tree, "rule"),
                text(tree, "kind"),
                members,
                tree.required("memberCount").intValue(),
                Instant.parse(text(tree, "at")),
                optional(tree, "link"),
                optional(tree, "runbook"));
    }

    private static Member member(JsonNode tree) {
        return new Member(
                uuid(tree, "alertId"),
                constant(State.class, tree, "state"),
                constant(Severity.class, tree, "severity"),
                text(tree, "subject"),
                text(tree, "summary"),
                Instant.parse(text(tree, "since")),
                optional(tree, "resolvedAt").map(Instant::parse),
                optional(tree, "acknowledgedBy"));
    }

    private static UUID uuid(JsonNode tree, String field) {
        return UUID.fromString(text(tree, field));
    }

    private static String text(JsonNode tree, String field) {
        return tree.required(field).asText();
    }

    private static Optional<String> optional(JsonNode tree, String field) {
        return Optional.ofNullable(tree.get(field)).map(JsonNode::asText);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode tree, String field) {
        return Enum.valueOf(type, text(tree, field).toUpperCase(Locale.ROOT));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
