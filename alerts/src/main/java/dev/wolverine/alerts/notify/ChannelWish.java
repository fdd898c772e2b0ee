package dev.wolverine.alerts.notify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants a channel to be set to; what is null is left as it was. Which of these a
 * channel takes is up to its kind.
 *
 * @param token of a Slack bot
 * @param channel of Slack, its id
 * @param signingSecret of the Slack app
 * @param url of a webhook
 * @param secret that a webhook's requests are signed with
 * @param dropOldSecret ends the time in which two secrets sign
 * @param to mailboxes
 */
public record ChannelWish(
        @Nullable String token,
        @Nullable String channel,
        @Nullable String signingSecret,
        @Nullable String url,
        @Nullable String secret,
        @Nullable Boolean dropOldSecret,
        @Nullable List<@Nullable String> to) {

    public static ChannelWish nothing() {
        return new ChannelWish(null, null, null, null, null, null, null);
    }

    @Override
    public String toString() {
        return "ChannelWish[***]";
    }
}
