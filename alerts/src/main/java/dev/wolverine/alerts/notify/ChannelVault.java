package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.db.model.ChannelRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes targets apart for the table: what may be shown, and what is sealed. Of a secret its last
 * four characters are shown, of an address its host. Thread-safe.
 */
public final class ChannelVault {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final SecretBox box;

    public ChannelVault(SecretBox box) {
        this.box = box;
    }

    /** What may be shown, as JSON. */
    public String shown(Target target) {
        ObjectNode shown = MAPPER.createObjectNode();
        switch (target) {
            case Target.Slack slack -> {
                shown.put("channel", slack.channel());
                shown.put("tokenLastFour", slack.token().lastFour());
                shown.put("buttons", slack.signingSecret().isPresent());
            }
            case Target.SlackWebhook webhook -> showUrl(shown, webhook.url());
            case Target.Webhook webhook -> {
                showUrl(shown, webhook.url());
                shown.put("secretLastFour", webhook.secrets().getFirst().lastFour());
                shown.put("secrets", webhook.secrets().size());
            }
            case Target.Email email -> email.to().forEach(shown.putArray("to")::add);
        }
        return shown.toString();
    }

    /** All of it, for this channel alone. */
    public byte[] seal(UUID channelId, Target target) {
        ObjectNode all = MAPPER.createObjectNode();
        switch (target) {
            case Target.Slack slack -> {
                all.put("token", slack.token().reveal());
                all.put("channel", slack.channel());
                slack.signingSecret().ifPresent(text -> all.put("signingSecret", text.reveal()));
            }
            case Target.SlackWebhook webhook -> all.put("url", webhook.url().reveal());
            case Target.Webhook webhook -> {
                all.put("url", webhook.url().reveal());
                var secrets = all.putArray("secrets");
                webhook.secrets().forEach(secret -> secrets.add(secret.reveal()));
            }
            case Target.Email email -> email.to().forEach(all.putArray("to")::add);
        }
        try {
            return box.seal(channelId, MAPPER.writeValueAsBytes(all));
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
    }

    public Target open(ChannelRecord channel) throws SecretBox.Unopenable {
        byte[] sealed = channel.secret();
        JsonNode all;
        try {
            all = MAPPER.readTree(box.open(channel.id(), sealed == null ? new byte[0] : sealed));
        } catch (IOException e) {
            throw new IllegalStateException("what was sealed was JSON", e);
        }
        return switch (channel.kind()) {
            case SLACK ->
                    new Target.Slack(
                            secret(all, "token"),
                            all.required("channel").asText(),
                            Optional.ofNullable(all.get("signingSecret"))
                                    .map(text -> new SecretText(text.asText())));
            case SLACK_WEBHOOK -> new Target.SlackWebhook(secret(all, "url"));
            case WEBHOOK ->
                    new Target.Webhook(
                            secret(all, "url"),
                            texts(all, "secrets").stream().map(SecretText::new).toList());
            case EMAIL -> new Target.Email(texts(all, "to"));
        };
    }

    private static void showUrl(ObjectNode shown, SecretText url) {
        shown.put("url", OutboundHttp.origin(url.reveal()));
        shown.put("urlLastFour", url.lastFour());
    }

    private static SecretText secret(JsonNode all, String field) {
        return new SecretText(all.required(field).asText());
    }

    private static List<String> texts(JsonNode all, String field) {
        List<String> texts = new ArrayList<>();
        all.required(field).forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
