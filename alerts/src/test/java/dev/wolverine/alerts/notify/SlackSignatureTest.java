package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.notify.SlackSignature.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SlackSignatureTest {

    /** The example of Slack's own page. */
    private static final SecretText SECRET = new SecretText("8f742231b10e8888abcd99yyyzzz85a5");

    private static final String TIMESTAMP = "1531420618";
    private static final String SIGNATURE =
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private static final byte[] BODY =
            ("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
                            + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect"
                            + "&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
                            + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
                    .getBytes(StandardCharsets.UTF_8);

    private static final Instant SENT = Instant.ofEpochSecond(1531420618);

    @Test
    void believesTheReferenceOnceAndInTime() {
        SlackSignature signatures = at(SENT.plusSeconds(299));
        assertThat(signatures.judge(SECRET, TIMESTAMP, SIGNATURE, BODY)).isEqualTo(Verdict.GENUINE);
        assertThat(signatures.judge(SECRET, TIMESTAMP, SIGNATURE, BODY))
                .isEqualTo(Verdict.REPLAYED);
    }

    @Test
    void believesNothingElse() {
        SlackSignature signatures = at(SENT);
        assertThat(signatures.judge(SECRET, null, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(signatures.judge(SECRET, TIMESTAMP, null, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(signatures.judge(SECRET, "1531420619", SIGNATURE, BODY))
                .isEqualTo(Verdict.FORGED);
        assertThat(signatures.judge(SECRET, "x", SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(signatures.judge(new SecretText("another"), TIMESTAMP, SIGNATURE, BODY))
                .isEqualTo(Verdict.FORGED);
        assertThat(signatures.judge(SECRET, TIMESTAMP, SIGNATURE, new byte[0]))
                .isEqualTo(Verdict.FORGED);
        for (Duration off : new Duration[] {Duration.ofSeconds(301), Duration.ofSeconds(-301)}) {
            assertThat(at(SENT.plus(off)).judge(SECRET, TIMESTAMP, SIGNATURE, BODY))
                    .isEqualTo(Verdict.STALE);
        }
    }

    @Test
    void readsOurButtonsAndNothingElse() {
        UUID channel = UUID.randomUUID();
        UUID group = UUID.randomUUID();
        String payload =
                """
                {"type":"block_actions","user":{"id":"U123"},"actions":[{"action_id":"%s","value":"%s"}]}
                """;
        String about = channel + "/" + group;
        assertThat(SlackAction.read(payload.formatted("acknowledge", about)))
                .contains(new SlackAction(channel, group, SlackAction.Kind.ACKNOWLEDGE, "U123"));
        for (String other :
                new String[] {
                    payload.formatted("open", about),
                    payload.formatted("acknowledge", "x"),
                    payload.formatted("snooze", about).replace("U123", "<script>"),
                    "",
                    "null",
                    "[]",
                    "{"
                }) {
            assertThat(SlackAction.read(other)).as(other).isEmpty();
        }
    }

    private static SlackSignature at(Instant now) {
        return new SlackSignature(Clock.fixed(now, ZoneOffset.UTC));
    }
}
