package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.outbound.OutboundException;
import dev.wolverine.alerts.outbound.OutboundHttp;
import java.util.Map;

/** Writes to Slack by an incoming webhook: a message for each version, with a link. */
public final class SlackWebhookNotifier implements Notifier {

    private final OutboundHttp http;

    public SlackWebhookNotifier(OutboundHttp http) {
        this.http = http;
    }

    @Override
    public Outcome deliver(Target target, Message message) {
        Target.SlackWebhook webhook = (Target.SlackWebhook) target;
        try {
            Outcome outcome =
                    HttpOutcome.of(
                            http.post(
                                    webhook.url().reveal(),
                                    Map.of(),
                                    SlackMessage.bytes(SlackMessage.of(message, false))));
            // Slack answers 404 to an address that was taken back.
            return outcome instanceof Outcome.Failed failed
                            && failed.status().filter(status -> status == 404).isPresent()
                    ? new Outcome.Disable(failed.status(), failed.reason() + ": it was taken back")
                    : outcome;
        } catch (OutboundException e) {
            return HttpOutcome.of(e);
        }
    }
}
