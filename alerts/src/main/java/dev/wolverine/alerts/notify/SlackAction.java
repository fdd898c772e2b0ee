package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A button that somebody has pressed in Slack, as its request says: to be believed once the
 * signature is.
 *
 * @param by Slack's id of the person
 */
public record SlackAction(UUID channelId, UUID groupId, Kind kind, String by) {

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final Pattern USER = Pattern.compile("[A-Z0-9]{1,30}");
    private static final Pattern ABOUT = Pattern.compile("([0-9a-f-]{36})/([0-9a-f-]{36})");

    /** Which button. */
    public enum Kind {
        ACKNOWLEDGE,
        SNOOZE
    }

    /**
     * @param payload JSON
     * @return empty if it is none of our buttons that do something
     */
    public static Optional<SlackAction> read(String payload) {
        try {
            JsonNode json = MAPPER.readTree(payload);
            JsonNode action = json.path("actions").path(0);
            var about = ABOUT.matcher(action.path("value").asText());
            String user = json.path("user").path("id").asText();
            Optional<Kind> kind = kind(action.path("action_id").asText());
            if (kind.isEmpty() || !about.matches() || !USER.matcher(user).matches()) {
                return Optional.empty();
            }
            return Optional.of(
                    new SlackAction(
                            UUID.fromString(about.group(1)),
                            UUID.fromString(about.group(2)),
                            kind.get(),
                            user));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Kind> kind(String actionId) {
        return switch (actionId) {
            case SlackMessage.ACKNOWLEDGE -> Optional.of(Kind.ACKNOWLEDGE);
            case SlackMessage.SNOOZE -> Optional.of(Kind.SNOOZE);
            default -> Optional.empty();
        };
    }
}
