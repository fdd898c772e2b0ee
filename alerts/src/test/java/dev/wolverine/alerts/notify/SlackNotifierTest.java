package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification.State;
import dev.wolverine.alerts.notify.ScriptedSlack.Call;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SlackNotifierTest extends HttpNotifierContract {

    // Put together, so that nobody takes it for one that was lost.
    private static final String TOKEN = "xo" + "xb-1234567890-canarySecretOfBot";
    private static final String SIGNING = "canarySigningSecretOfApp";

    private final ScriptedSlack slack = new ScriptedSlack();

    @Override
    Notifier notifier() {
        return new SlackNotifier(http(), server.url("/api"));
    }

    @Override
    Target target() {
        return new Target.Slack(
                new SecretText(TOKEN), "C0123456789", Optional.of(new SecretText(SIGNING)));
    }

    @Override
    List<String> secrets() {
        return List.of(TOKEN, SIGNING);
    }

    @Override
    void calm() {
        server.always(slack.well());
    }

    @Override
    Class<? extends Outcome> gone() {
        return Outcome.Failed.class;
    }

    @Override
    Class<? extends Outcome> missing() {
        return Outcome.Failed.class;
    }

    @Override
    Map<String, Trouble> troubles() {
        Map<String, Trouble> troubles = super.troubles();
        for (String code : List.of("ratelimited", "internal_error", "service_unavailable")) {
            troubles.put(code, error(code, Outcome.Retry.class));
        }
        for (String code : List.of("channel_not_found", "is_archived", "invalid_blocks")) {
            troubles.put(code, error(code, Outcome.Failed.class));
        }
        for (String code : List.of("invalid_auth", "token_revoked", "account_inactive")) {
            troubles.put(code, error(code, Outcome.Disable.class));
        }
        troubles.put("an error that is none", error("<!channel> " + TOKEN, Outcome.Retry.class));
        troubles.put(
                "not JSON",
                new Trouble(() -> server.always(answer(200, "<html>")), Outcome.Retry.class));
        return troubles;
    }

    @Test
    void oneMessageAnIncidentIsEditedAndAnsweredWhenItIsOver() {
        calm();
        UUID group = UUID.randomUUID();
        String reference =
                ((Outcome.Delivered) deliver(single(version(group, 1, State.FIRING))))
                        .reference()
                        .orElseThrow();
        for (State state : List.of(State.ACKNOWLEDGED, State.RESOLVED)) {
            assertThat(
                            deliver(
                                    new Message.Single(
                                            CHANNEL,
                                            version(group, 2, state),
                                            Optional.of(reference))))
                    .isEqualTo(new Outcome.Delivered(Optional.of(200), Optional.of(reference)));
        }

        List<Call> calls = ScriptedSlack.calls(server);
        assertThat(calls)
                .extracting(Call::method)
                .containsExactly(
                        "chat.postMessage", "chat.update", "chat.update", "chat.postMessage");
        assertThat(calls)
                .allMatch(call -> call.authorization().equals("Bearer " + TOKEN))
                .allMatch(call -> call.body().get("channel").asText().equals("C0123456789"));
        assertThat(calls.get(1).body().get("ts").asText()).isEqualTo(reference);
        assertThat(calls.get(2).text()).contains("[RESOLVED]");
        assertThat(calls.get(3).body().get("thread_ts").asText()).isEqualTo(reference);
    }

    @Test
    void aMessageThatIsGoneIsWrittenAgain() {
        server.then(ScriptedSlack.error("message_not_found"));
        calm();
        Outcome outcome =
                deliver(
                        new Message.Single(
                                CHANNEL,
                                version(UUID.randomUUID(), 2, State.FIRING),
                                Optional.of("1.1")));
        assertThat(((Outcome.Delivered) outcome).reference())
                .isPresent()
                .isNotEqualTo(Optional.of("1.1"));
    }

    @Test
    void buttonsNameTheChannelAndTheGroup() {
        calm();
        Notification notification = firing();
        deliver(single(notification));
        JsonNode buttons = lastBlock();
        assertThat(buttons.findValuesAsText("action_id"))
                .containsExactly("acknowledge", "snooze", "open");
        assertThat(buttons.findValuesAsText("value"))
                .containsOnly(CHANNEL + "/" + notification.groupId());

        deliver(single(version(UUID.randomUUID(), 1, State.RESOLVED)));
        assertThat(lastBlock().findValuesAsText("action_id")).containsExactly("open");
    }

    @Test
    void manyMembersBecomeAListWithALink() {
        calm();
        Notification many =
                Notifications.of(UUID.randomUUID(), UUID.randomUUID(), 1, State.FIRING, 300);
        deliver(single(many));
        String text = ScriptedSlack.calls(server).getLast().body().toString();
        assertThat(text)
                .contains("shop-1, ", "shop-10 <" + many.link().orElseThrow() + "|and 290 more>")
                .doesNotContain("shop-11");
    }

    @Test
    void nobodyIsMentionedByWhatAServerIsCalled() {
        calm();
        Notification hostile =
                new Notification(
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        1,
                        State.FIRING,
                        Severity.CRITICAL,
                        "<!channel> <@U123> <https://evil.example|click> *bold* & @here",
                        "<!here>",
                        "crash_loop",
                        List.of(Notifications.member(State.FIRING, "<!everyone>\n<#C1>")),
                        1,
                        Notifications.AT,
                        Optional.empty(),
                        Optional.of("https://a.example/|x>y<!channel>"));
        deliver(single(hostile));
        String sent = ScriptedSlack.calls(server).getLast().body().toString();
        assertThat(sent)
                .doesNotContain("<!", "<@", "<#", "<https://evil")
                .contains("&lt;!channel&gt;");
    }

    private JsonNode lastBlock() {
        JsonNode blocks = ScriptedSlack.calls(server).getLast().body().get("blocks");
        return blocks.get(blocks.size() - 1);
    }

    private static Notification version(UUID group, int version, State state) {
        return Notifications.of(UUID.randomUUID(), group, version, state, 2);
    }

    private Trouble error(String code, Class<? extends Outcome> expected) {
        return new Trouble(() -> server.always(ScriptedSlack.error(code)), expected);
    }
}
