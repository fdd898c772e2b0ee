package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.outbound.OutboundException;
import dev.wolverine.alerts.outbound.OutboundHttp;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/** Sends signed requests, as Standard Webhooks describes them. */
public final class WebhookNotifier implements Notifier {

    private final OutboundHttp http;
    private final Clock clock;

    public WebhookNotifier(OutboundHttp http, Clock clock) {
        this.http = http;
        this.clock = clock;
    }

    @Override
    public Outcome deliver(Target target, Message message) {
        Target.Webhook webhook = (Target.Webhook) target;
        Instant now = clock.instant();
        byte[] body = WebhookBody.of(message, now);
        String id = message.eventId().toString();
        Map<String, String> headers =
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        Long.toString(now.getEpochSecond()),
                        "webhook-signature",
                        WebhookSignature.header(webhook.secrets(), id, now.getEpochSecond(), body));
        try {
            return HttpOutcome.of(http.post(webhook.url().reveal(), headers, body));
        } catch (OutboundException e) {
            return HttpOutcome.of(e);
        }
    }
}
