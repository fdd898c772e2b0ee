package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlackWebhookNotifierTest extends HttpNotifierContract {

    private static final String PATH = "/services/T00000000/B00000000/canarySecretOfSlackUrl";

    @Override
    Notifier notifier() {
        return new SlackWebhookNotifier(http());
    }

    @Override
    Target target() {
        return new Target.SlackWebhook(new SecretText(server.url(PATH)));
    }

    /** The address is the secret: it is seen by the receiver, and by nobody else. */
    @Override
    List<String> secrets() {
        return List.of(PATH);
    }

    @Override
    List<String> addresses() {
        return List.of();
    }

    @Override
    void calm() {
        server.always(answer(200, "ok"));
    }

    @Override
    Class<? extends Outcome> gone() {
        return Outcome.Disable.class;
    }

    @Override
    Class<? extends Outcome> missing() {
        return Outcome.Disable.class;
    }

    @Test
    void offersALinkAndNoButtonsThatNobodyHears() {
        Notification notification = firing();
        deliver(single(notification));
        assertThat(server.received().getFirst().text())
                .contains(notification.link().orElseThrow())
                .doesNotContain("Acknowledge");
    }
}
