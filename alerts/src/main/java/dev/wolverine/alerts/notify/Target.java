package dev.wolverine.alerts.notify;

import dev.wolverine.db.model.ChannelKind;
import java.util.List;
import java.util.Optional;

/** Whom a channel reaches, with what that needs. */
public sealed interface Target {

    ChannelKind kind();

    /**
     * A bot of Slack's.
     *
     * @param channel its id
     * @param signingSecret of the app, by which buttons are believed; without it there are none
     */
    record Slack(SecretText token, String channel, Optional<SecretText> signingSecret)
            implements Target {
        @Override
        public ChannelKind kind() {
            return ChannelKind.SLACK;
        }
    }

    /** An incoming webhook of Slack's: whoever has the address can write. */
    record SlackWebhook(SecretText url) implements Target {
        @Override
        public ChannelKind kind() {
            return ChannelKind.SLACK_WEBHOOK;
        }
    }

    /**
     * An address that takes signed requests.
     *
     * @param url may hold a token, so it is kept as a secret too
     * @param secrets one, or two while it is being replaced: the newer one first
     */
    record Webhook(SecretText url, List<SecretText> secrets) implements Target {
        public Webhook {
            secrets = List.copyOf(secrets);
        }

        @Override
        public ChannelKind kind() {
            return ChannelKind.WEBHOOK;
        }
    }

    /** Mailboxes, 1 to 20. */
    record Email(List<String> to) implements Target {
        public Email {
            to = List.copyOf(to);
        }

        @Override
        public ChannelKind kind() {
            return ChannelKind.EMAIL;
        }
    }
}
