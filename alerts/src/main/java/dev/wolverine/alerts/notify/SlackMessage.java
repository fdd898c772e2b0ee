package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.notify.Notification.Member;
import dev.wolverine.alerts.notify.Notification.State;
import java.util.List;
import java.util.stream.Collectors;

/** Messages in Slack's Block Kit. What came from outside cannot mention, link or format. */
final class SlackMessage {

    /** Buttons name what they are about by this, the channel and the group. */
    static final String ACKNOWLEDGE = "acknowledge";

    static final String SNOOZE = "snooze";
    static final String OPEN = "open";

    private static final JsonMapper MAPPER = new JsonMapper();

    /** More collapse to a list of names. */
    private static final int MEMBERS_IN_FULL = 10;

    private static final int MAX_SECTION_CHARACTERS = 2_900;

    private SlackMessage() {}

    /** Text and blocks of a message. */
    static ObjectNode of(Message message, boolean buttons) {
        return switch (message) {
            case Message.Single single -> of(single, buttons);
            case Message.Digest digest -> of(DigestSummary.of(digest.notifications()));
        };
    }

    /** What is said below a message that is resolved. */
    static ObjectNode resolved(Notification notification) {
        ObjectNode message = MAPPER.createObjectNode();
        message.put("text", escape(Wording.headline(notification)));
        return message;
    }

    static byte[] bytes(ObjectNode message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
    }

    private static ObjectNode of(Message.Single single, boolean buttons) {
        Notification notification = single.notification();
        String headline = escape(Wording.headline(notification));
        ObjectNode message = start(icon(notification) + " " + headline);
        ArrayNode blocks = (ArrayNode) message.get("blocks");
        section(blocks, icon(notification) + " *" + headline + "*");
        if (!notification.members().isEmpty()) {
            section(blocks, members(notification));
        }
        context(blocks, notification);
        boolean closed =
                notification.state() == State.RESOLVED || notification.state() == State.TEST;
        actions(blocks, single, buttons && !closed);
        return message;
    }

    private static ObjectNode of(DigestSummary digest) {
        String headline = escape(digest.headline());
        ObjectNode message = start(headline);
        ArrayNode blocks = (ArrayNode) message.get("blocks");
        section(blocks, "*" + headline + "*\nToo many at once for a message each.");
        section(
                blocks,
                digest.worst().stream()
                        .map(one -> icon(one) + " " + linked(one))
                        .collect(Collectors.joining("\n")));
        return message;
    }

    private static ObjectNode start(String text) {
        ObjectNode message = MAPPER.createObjectNode();
        message.put("text", text);
        message.put("unfurl_links", false);
        message.put("unfurl_media", false);
        message.putArray("blocks");
        return message;
    }

    private static String members(Notification notification) {
        List<Member> members = notification.members();
        if (notification.memberCount() <= MEMBERS_IN_FULL) {
            return members.stream()
                    .map(member -> "• " + escape(Wording.member(member)))
                    .collect(Collectors.joining("\n"));
        }
        String names =
                members.stream()
                        .limit(MEMBERS_IN_FULL)
                        .map(member -> escape(Wording.line(member.subject())))
                        .collect(Collectors.joining(", "));
        int more = notification.memberCount() - MEMBERS_IN_FULL;
        String rest = "and " + more + " more";
        return names
                + " "
                + notification
                        .link()
                        .map(link -> "<" + escapeLink(link) + "|" + rest + ">")
                        .orElse(rest);
    }

    private static void section(ArrayNode blocks, String text) {
        ObjectNode section = blocks.addObject();
        section.put("type", "section");
        section.putObject("text").put("type", "mrkdwn").put("text", cut(text));
    }

    private static void context(ArrayNode blocks, Notification notification) {
        ObjectNode context = blocks.addObject();
        context.put("type", "context");
        String acknowledged =
                notification.members().stream()
                        .flatMap(member -> member.acknowledgedBy().stream())
                        .findFirst()
                        .map(by -> " · acknowledged by " + escape(Wording.line(by)))
                        .orElse("");
        String runbook =
                notification
                        .runbook()
                        .map(link -> " · <" + escapeLink(link) + "|runbook>")
                        .orElse("");
        context.putArray("elements")
                .addObject()
                .put("type", "mrkdwn")
                .put(
                        "text",
                        cut(
                                "rule: "
                                        + escape(Wording.line(notification.rule()))
                                        + acknowledged
                                        + runbook));
    }

    private static void actions(ArrayNode blocks, Message.Single single, boolean buttons) {
        Notification notification = single.notification();
        if (!buttons && notification.link().isEmpty()) {
            return;
        }
        ObjectNode actions = blocks.addObject();
        actions.put("type", "actions");
        ArrayNode elements = actions.putArray("elements");
        if (buttons) {
            String about = single.channelId() + "/" + notification.groupId();
            if (notification.state() == State.FIRING) {
                button(elements, ACKNOWLEDGE, "Acknowledge").put("value", about);
            }
            button(elements, SNOOZE, "Snooze 1 h").put("value", about);
        }
        notification.link().ifPresent(link -> button(elements, OPEN, "Open").put("url", link));
    }

    private static ObjectNode button(ArrayNode elements, String action, String text) {
        ObjectNode button = elements.addObject();
        button.put("type", "button").put("action_id", action);
        button.putObject("text").put("type", "plain_text").put("text", text);
        return button;
    }

    private static String linked(Notification one) {
        String headline = escape(Wording.headline(one));
        return one.link()
                .map(link -> "<" + escapeLink(link) + "|" + headline.replace("|", "/") + ">")
                .orElse(headline);
    }

    private static String icon(Notification notification) {
        return switch (notification.state()) {
            case RESOLVED -> ":white_check_mark:";
            case ACKNOWLEDGED -> ":eyes:";
            case TEST -> ":wave:";
            case FIRING ->
                    switch (notification.severity()) {
                        case CRITICAL -> ":rotating_light:";
                        case ERROR -> ":red_circle:";
                        case WARNING -> ":warning:";
                        case INFO -> ":information_source:";
                    };
        };
    }

    /**
     * Slack's own three, so that {@code <!channel>} is a text; and a character without width behind
     * what would format or mention.
     */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("[*_~`@#]", "$0\u200b");
    }

    private static String escapeLink(String link) {
        return link.replace("&", "&amp;")
                .replace("<", "%3C")
                .replace(">", "%3E")
                .replace("|", "%7C");
    }

    private static String cut(String text) {
        if (text.length() <= MAX_SECTION_CHARACTERS) {
            return text;
        }
        int end = text.lastIndexOf('\n', MAX_SECTION_CHARACTERS);
        return (end > 0 ? text.substring(0, end) : text.substring(0, MAX_SECTION_CHARACTERS))
                + "\n…";
    }
}
