package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.db.model.ChannelKind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns wishes into targets, and refuses what could never be delivered to: a bad channel is an
 * error when it is saved. Thread-safe.
 */
public final class ChannelRules {

    /** By Standard Webhooks: 24 to 64 bytes. */
    static final String SECRET_PREFIX = "whsec_";

    private static final int LEAST_SECRET_BYTES = 24;
    private static final int MOST_SECRET_BYTES = 64;
    private static final int NEW_SECRET_BYTES = 32;
    private static final int MOST_MAILBOXES = 20;

    private static final Pattern BOT_TOKEN = Pattern.compile("xoxb-[A-Za-z0-9-]{10,250}");
    private static final Pattern SLACK_CHANNEL = Pattern.compile("[CDG][A-Z0-9]{6,30}");
    private static final Pattern SIGNING_SECRET = Pattern.compile("[A-Za-z0-9]{16,128}");
    private static final Pattern MAILBOX =
            Pattern.compile("[\\x21-\\x7e&&[^@,;:<>()\\[\\]\"\\\\]]{1,64}@[A-Za-z0-9.-]{1,189}");

    private final OutboundHttp http;
    private final boolean mail;
    private final SecureRandom random;

    /**
     * @param mail whether mail can be sent at all
     */
    public ChannelRules(OutboundHttp http, boolean mail, SecureRandom random) {
        this.http = http;
        this.mail = mail;
        this.random = random;
    }

    /** A wish that cannot be: the message says what was expected, and repeats no secret. */
    public static final class Refused extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private Refused(String name, String what, String expected) {
            super(name + ": " + what + " (expected: " + expected + ")");
        }
    }

    /**
     * @param before what the channel is now; null for a new one
     * @throws Refused if a value is missing, cannot be, or is none of this kind
     */
    public Target target(ChannelKind kind, ChannelWish wish, @Nullable Target before) {
        refuseOthers(kind, wish);
        return switch (kind) {
            case SLACK -> slack(wish, (Target.Slack) before);
            case SLACK_WEBHOOK -> slackWebhook(wish, (Target.SlackWebhook) before);
            case WEBHOOK -> webhook(wish, (Target.Webhook) before);
            case EMAIL -> email(wish, (Target.Email) before);
        };
    }

    private static void refuseOthers(ChannelKind kind, ChannelWish wish) {
        Map<String, Boolean> given = new LinkedHashMap<>();
        boolean slack = kind == ChannelKind.SLACK;
        boolean webhook = kind == ChannelKind.WEBHOOK;
        given.put("token", wish.token() != null && !slack);
        given.put("channel", wish.channel() != null && !slack);
        given.put("signingSecret", wish.signingSecret() != null && !slack);
        given.put("url", wish.url() != null && (slack || kind == ChannelKind.EMAIL));
        given.put("secret", wish.secret() != null && !webhook);
        given.put("dropOldSecret", wish.dropOldSecret() != null && !webhook);
        given.put("to", wish.to() != null && kind != ChannelKind.EMAIL);
        given.forEach((name, wrong) -> {
            if (wrong) {
                throw new Refused("settings." + name, "given", "none with kind " + kind.label());
            }
        });
    }

    private static Target slack(ChannelWish wish, Target.@Nullable Slack before) {
        String token =
                matching(
                        "settings.token",
                        wish.token(),
                        before == null ? null : before.token().reveal(),
                        BOT_TOKEN,
                        "the token of a bot, xoxb-...");
        String channel =
                matching(
                        "settings.channel",
                        wish.channel(),
                        before == null ? null : before.channel(),
                        SLACK_CHANNEL,
                        "a channel's id, as C0123456789");
        Optional<SecretText> signing = before == null ? Optional.empty() : before.signingSecret();
        if (wish.signingSecret() != null) {
            signing =
                    Optional.of(
                            new SecretText(
                                    matching(
                                            "settings.signingSecret",
                                            wish.signingSecret(),
                                            null,
                                            SIGNING_SECRET,
                                            "the app's signing secret")));
        }
        return new Target.Slack(new SecretText(token), channel, signing);
    }

    private Target slackWebhook(ChannelWish wish, Target.@Nullable SlackWebhook before) {
        return new Target.SlackWebhook(url(wish, before == null ? null : before.url()));
    }

    private Target webhook(ChannelWish wish, Target.@Nullable Webhook before) {
        SecretText url = url(wish, before == null ? null : before.url());
        List<SecretText> secrets = new ArrayList<>();
        if (wish.secret() != null) {
            secrets.add(new SecretText(signingKey(wish.secret())));
        }
        if (before == null) {
            if (secrets.isEmpty()) {
                secrets.add(newSecret());
            }
        } else if (secrets.isEmpty()) {
            secrets.addAll(before.secrets());
        } else if (!secrets.getFirst().equals(before.secrets().getFirst())) {
            secrets.add(before.secrets().getFirst());
        }
        if (Boolean.TRUE.equals(wish.dropOldSecret())) {
            secrets = List.of(secrets.getFirst());
        }
        return new Target.Webhook(url, secrets);
    }

    private Target email(ChannelWish wish, Target.@Nullable Email before) {
        if (!mail) {
            throw new Refused(
                    "kind",
                    "email, but no mail can be sent",
                    "notifications.smtp.host to be configured");
        }
        if (wish.to() == null && before != null) {
            return before;
        }
        List<@Nullable String> to = wish.to() == null ? List.of() : wish.to();
        Set<String> mailboxes = new HashSet<>();
        for (@Nullable String mailbox : to) {
            if (mailbox == null || !MAILBOX.matcher(mailbox).matches() || !mailboxes.add(mailbox)) {
                throw new Refused(
                        "settings.to", "not usable", "different addresses, name@host each");
            }
        }
        if (to.isEmpty() || to.size() > MOST_MAILBOXES) {
            throw new Refused(
                    "settings.to",
                    to.isEmpty() ? "missing" : "too many",
                    "1 to " + MOST_MAILBOXES + " addresses");
        }
        return new Target.Email(to.stream().map(Objects::requireNonNull).toList());
    }

    private SecretText url(ChannelWish wish, @Nullable SecretText before) {
        if (wish.url() == null && before != null) {
            return before;
        }
        if (wish.url() == null) {
            throw new Refused("settings.url", "missing", "an address as https://host/path");
        }
        http.objection(wish.url())
                .ifPresent(expected -> {
                    throw new Refused("settings.url", "not usable", expected);
                });
        return new SecretText(wish.url());
    }

    private static String signingKey(String text) {
        byte[] key = {};
        if (text.startsWith(SECRET_PREFIX)) {
            try {
                key = Base64.getDecoder().decode(text.substring(SECRET_PREFIX.length()));
            } catch (IllegalArgumentException e) {
                // Too short, as it stands.
            }
        }
        if (key.length < LEAST_SECRET_BYTES || key.length > MOST_SECRET_BYTES) {
            throw new Refused(
                    "settings.secret",
                    "not usable",
                    SECRET_PREFIX
                            + " and "
                            + LEAST_SECRET_BYTES
                            + " to "
                            + MOST_SECRET_BYTES
                            + " bytes in base64; none makes a new one");
        }
        return text;
    }

    private SecretText newSecret() {
        byte[] key = new byte[NEW_SECRET_BYTES];
        random.nextBytes(key);
        return new SecretText(SECRET_PREFIX + Base64.getEncoder().encodeToString(key));
    }

    private static String matching(
            String name,
            @Nullable String wish,
            @Nullable String before,
            Pattern pattern,
            String expected) {
        String value = wish == null ? before : wish;
        if (value == null) {
            throw new Refused(name, "missing", expected);
        }
        if (!pattern.matcher(value).matches()) {
            throw new Refused(name, "not usable", expected);
        }
        return value;
    }
}
