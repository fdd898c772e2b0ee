package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.alerts.outbound.OutboundRules;
import dev.wolverine.db.model.ChannelKind;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChannelRulesTest {

    private static final String URL = "https://hooks.example.com/in?token=canary";
    private static final String SECRET = "whsec_" + "T2xkU2VjcmV0T2ZXZWJob29rQ2FuYXJ5MDI=";
    private static final String TOKEN = "xo" + "xb-1234567890-canary";

    private final ChannelRules rules = rules(true);

    @Test
    void aWebhookWithoutASecretGetsOne() {
        Target.Webhook webhook = (Target.Webhook) webhook(URL, null, null, null);
        assertThat(webhook.secrets()).hasSize(1);
        assertThat(webhook.secrets().getFirst().reveal()).matches("whsec_[A-Za-z0-9+/]{43}=");
    }

    @Test
    void twoSecretsSignUntilTheOldOneIsDropped() {
        Target first = webhook(URL, SECRET, null, null);
        String next = SECRET.replace("T2xk", "TmV3");
        Target second = webhook(null, next, null, first);
        assertThat(((Target.Webhook) second).secrets())
                .containsExactly(new SecretText(next), new SecretText(SECRET));
        assertThat(webhook(null, next, null, second))
                .as("the same once more")
                .isEqualTo(webhook(null, null, true, second));
        assertThat(((Target.Webhook) webhook(null, null, true, second)).secrets())
                .containsExactly(new SecretText(next));
        assertThat(((Target.Webhook) webhook(null, null, null, second)).url().reveal())
                .isEqualTo(URL);
    }

    @Test
    void whatCanNeverBeDeliveredToIsRefusedWithAReason() {
        refused(
                ChannelKind.WEBHOOK,
                wish(null, null, null, "http://example.com/", null, null),
                "settings.url");
        refused(
                ChannelKind.WEBHOOK,
                wish(null, null, null, "https://a:b@example.com/", null, null),
                "without user");
        refused(
                ChannelKind.WEBHOOK,
                wish(null, null, null, null, null, null),
                "settings.url: missing");
        refused(
                ChannelKind.WEBHOOK,
                wish(null, null, null, URL, "whsec_c2hvcnQ=", null),
                "24 to 64 bytes");
        refused(
                ChannelKind.WEBHOOK,
                wish(null, null, null, URL, "canarySecretWithoutForm", null),
                "settings.secret");
        refused(
                ChannelKind.WEBHOOK,
                wish(TOKEN, null, null, URL, null, null),
                "settings.token: given (expected: none with kind webhook)");
        refused(
                ChannelKind.SLACK,
                wish("xo" + "xp-1234567890-canary", "C0123456789", null, null, null, null),
                "settings.token");
        refused(
                ChannelKind.SLACK,
                wish(TOKEN, "#general", null, null, null, null),
                "settings.channel");
        refused(
                ChannelKind.SLACK,
                wish(TOKEN, null, null, null, null, null),
                "settings.channel: missing");
        refused(
                ChannelKind.SLACK,
                wish(TOKEN, "C0123456789", "short", null, null, null),
                "settings.signingSecret");
        refused(
                ChannelKind.EMAIL,
                wish(null, null, null, null, null, null),
                "settings.to: missing");
        for (String to : List.of("ann", "ann@", "ann@x\r\nBcc: eve@x", "<ann@x>", "a,b@x", "")) {
            refused(
                    ChannelKind.EMAIL,
                    wish(null, null, null, null, null, List.of(to)),
                    "settings.to");
        }
        refused(
                ChannelKind.EMAIL,
                wish(null, null, null, null, null, Collections.nCopies(2, "ann@example.com")),
                "different");
        assertThatThrownBy(() ->
                        rules(false)
                                .target(
                                        ChannelKind.EMAIL,
                                        wish(
                                                null,
                                                null,
                                                null,
                                                null,
                                                null,
                                                List.of("ann@example.com")),
                                        null))
                .hasMessageContaining("notifications.smtp.host");
    }

    @Test
    void whatIsSealedComesBackAndShowsNothing() throws SecretBox.Unopenable {
        ChannelVault vault = new ChannelVault(new SecretBox(new byte[32], new SecureRandom()));
        List<Target> targets =
                List.of(
                        rules.target(
                                ChannelKind.SLACK,
                                wish(TOKEN, "C0123456789", "canarySigningSecret", null, null, null),
                                null),
                        rules.target(
                                ChannelKind.SLACK_WEBHOOK,
                                wish(null, null, null, URL, null, null),
                                null),
                        webhook(URL, SECRET, null, null),
                        rules.target(
                                ChannelKind.EMAIL,
                                wish(null, null, null, null, null, List.of("ann@example.com")),
                                null));
        for (Target target : targets) {
            var channel = Channels.of(vault, target);
            assertThat(vault.open(channel)).isEqualTo(target);
            assertThat(channel.settings() + target + channel)
                    .doesNotContain("canary", TOKEN, SECRET);
            assertThatThrownBy(() -> vault.open(Channels.moved(channel)))
                    .as("at another row")
                    .isInstanceOf(SecretBox.Unopenable.class);
        }
    }

    private Target webhook(
            @Nullable String url,
            @Nullable String secret,
            @Nullable Boolean drop,
            @Nullable Target before) {
        return rules.target(
                ChannelKind.WEBHOOK,
                new ChannelWish(null, null, null, url, secret, drop, null),
                before);
    }

    private void refused(ChannelKind kind, ChannelWish wish, String because) {
        assertThatThrownBy(() -> rules.target(kind, wish, null))
                .isInstanceOf(ChannelRules.Refused.class)
                .hasMessageContaining(because)
                .hasMessageContaining("expected: ")
                .message()
                .doesNotContain("canary");
    }

    private static ChannelWish wish(
            @Nullable String token,
            @Nullable String channel,
            @Nullable String signing,
            @Nullable String url,
            @Nullable String secret,
            @Nullable List<@Nullable String> to) {
        return new ChannelWish(token, channel, signing, url, secret, null, to);
    }

    private static ChannelRules rules(boolean mail) {
        return new ChannelRules(
                new OutboundHttp(
                        new OutboundRules(List.of()),
                        OutboundHttp.Resolver.ofMachine(),
                        Duration.ofSeconds(1),
                        Optional.empty(),
                        Clock.systemUTC()),
                mail,
                new SecureRandom());
    }
}
