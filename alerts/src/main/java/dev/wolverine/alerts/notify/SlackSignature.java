package dev.wolverine.alerts.notify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a request is Slack's: signed with the app's secret, of the last five minutes, and
 * not seen before. Thread-safe.
 */
public final class SlackSignature {

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 10_000;

    private final Clock clock;
    private final Map<String, Instant> seen = new LinkedHashMap<>();

    public SlackSignature(Clock clock) {
        this.clock = clock;
    }

    /** What a request is worth. */
    public enum Verdict {
        GENUINE,
        /** No signature, or not by this secret. */
        FORGED,
        /** From too long ago, or from the future. */
        STALE,
        REPLAYED,
        /** So many genuine ones that replays could not be told from them any more. */
        TOO_MANY
    }

    /**
     * @param timestamp the header `X-Slack-Request-Timestamp`
     * @param signature the header `X-Slack-Signature`
     */
    public Verdict judge(
            SecretText signingSecret,
            @Nullable String timestamp,
            @Nullable String signature,
            byte[] body) {
        if (timestamp == null || signature == null || !timestamp.matches("[0-9]{1,12}")) {
            return Verdict.FORGED;
        }
        Mac mac = WebhookSignature.mac(signingSecret.reveal().getBytes(StandardCharsets.UTF_8));
        mac.update(("v0:" + timestamp + ":").getBytes(StandardCharsets.UTF_8));
        String expected = "v0=" + HexFormat.of().formatHex(mac.doFinal(body));
        if (!MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8),
                signature.getBytes(StandardCharsets.UTF_8))) {
            return Verdict.FORGED;
        }
        Instant now = clock.instant();
        Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
        if (Duration.between(sent, now).abs().compareTo(WINDOW) > 0) {
            return Verdict.STALE;
        }
        return remember(signature, now);
    }

    private synchronized Verdict remember(String signature, Instant now) {
        // What is older than twice the window is stale by itself.
        seen.values().removeIf(at -> at.isBefore(now.minus(WINDOW.multipliedBy(2))));
        if (seen.containsKey(signature)) {
            return Verdict.REPLAYED;
        }
        if (seen.size() >= MOST_REMEMBERED) {
            return Verdict.TOO_MANY;
        }
        seen.put(signature, now);
        return Verdict.GENUINE;
    }
}
