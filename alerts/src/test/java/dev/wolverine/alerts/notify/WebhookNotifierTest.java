package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.alerts.outbound.ReceivingServer.Received;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class WebhookNotifierTest extends HttpNotifierContract {

    private static final String NEW = "whsec_" + "TmV3U2VjcmV0T2ZXZWJob29rQ2FuYXJ5MDE=";
    private static final String OLD = "whsec_" + "T2xkU2VjcmV0T2ZXZWJob29rQ2FuYXJ5MDI=";

    @Override
    Notifier notifier() {
        return new WebhookNotifier(http(), CLOCK);
    }

    @Override
    Target target() {
        return new Target.Webhook(
                new SecretText(server.url("/hook")),
                List.of(new SecretText(NEW), new SecretText(OLD)));
    }

    @Override
    List<String> secrets() {
        return List.of(NEW, OLD, NEW.substring(6), "/hook?");
    }

    @Override
    void calm() {
        server.always(status(204));
    }

    @Override
    Class<? extends Outcome> gone() {
        return Outcome.Disable.class;
    }

    @Override
    Class<? extends Outcome> missing() {
        return Outcome.Failed.class;
    }

    @Test
    void signsWithBothSecretsAsStandardWebhooksSays() throws GeneralSecurityException, IOException {
        Notification notification = firing();
        deliver(single(notification));

        Received received = server.received().getFirst();
        String id = received.header("webhook-id");
        String timestamp = received.header("webhook-timestamp");
        assertThat(id).isEqualTo(notification.eventId().toString());
        assertThat(Long.parseLong(timestamp))
                .isBetween(CLOCK.instant().getEpochSecond() - 60, CLOCK.instant().getEpochSecond());
        assertThat(received.header("webhook-signature"))
                .isEqualTo(
                        "v1,"
                                + signature(NEW, id, timestamp, received.body())
                                + " v1,"
                                + signature(OLD, id, timestamp, received.body()));
        assertThat(received.headers().toString() + received.text()).doesNotContain(NEW, OLD);

        JsonNode body = new JsonMapper().readTree(received.body());
        assertThat(body.get("version").intValue()).isEqualTo(1);
        assertThat(body.get("type").asText()).isEqualTo("alerts.firing");
        assertThat(NotificationCodec.read(body.get("data").toString())).isEqualTo(notification);
    }

    /** The example of the standard's own page. */
    @Test
    void signsLikeTheReference() {
        assertThat(
                        WebhookSignature.header(
                                List.of(new SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1614265330,
                                "{\"test\": 2432232314}".getBytes()))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void aDigestNamesEveryTransition() throws IOException {
        List<Notification> many = List.of(firing(), firing(), firing());
        UUID event = UUID.randomUUID();
        deliver(new Message.Digest(CHANNEL, event, many));

        Received received = server.received().getFirst();
        assertThat(received.header("webhook-id")).isEqualTo(event.toString());
        JsonNode data = new JsonMapper().readTree(received.body()).get("data");
        assertThat(data.get("count").intValue()).isEqualTo(3);
        assertThat(data.get("notifications").findValuesAsText("eventId"))
                .containsExactlyElementsOf(
                        many.stream().map(one -> one.eventId().toString()).toList());
    }

    private static String signature(String secret, String id, String timestamp, byte[] body)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(6)), "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes());
        return Base64.getEncoder().encodeToString(mac.doFinal(body));
    }
}
