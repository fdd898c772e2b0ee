package dev.wolverine.web.api;

import dev.wolverine.alerts.notify.AlertActions;
import dev.wolverine.alerts.notify.ChannelVault;
import dev.wolverine.alerts.notify.SecretBox;
import dev.wolverine.alerts.notify.SecretText;
import dev.wolverine.alerts.notify.SlackAction;
import dev.wolverine.alerts.notify.SlackSignature;
import dev.wolverine.alerts.notify.Target;
import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.postgres.ChannelStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the buttons that people press in Slack.
 *
 * <p>A button names the channel that it was sent to; the request counts if it is signed with that
 * channel's secret, and reaches that channel's organisation alone.
 */
public final class SlackHandler {

    private static final Duration SNOOZE = Duration.ofHours(1);
    private static final String PAYLOAD = "payload=";

    private final ChannelStore channels;
    private final ChannelVault vault;
    private final SlackSignature signatures;
    private final AlertActions actions;
    private final BlockingCalls blocking;

    public SlackHandler(
            ChannelStore channels,
            ChannelVault vault,
            SlackSignature signatures,
            AlertActions actions,
            BlockingCalls blocking) {
        this.channels = channels;
        this.vault = vault;
        this.signatures = signatures;
        this.actions = actions;
        this.blocking = blocking;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(
                        HttpMethod.POST,
                        "/api/v1/slack/interactions",
                        Access.PUBLIC,
                        this::interaction));
    }

    private void interaction(RoutingContext context) {
        HttpServerRequest request = context.request();
        String timestamp = request.getHeader("X-Slack-Request-Timestamp");
        String signature = request.getHeader("X-Slack-Signature");
        Answers.whenDone(
                context,
                RequestBody.read(request, RequestBody.MAX_BYTES),
                body ->
                        Answers.whenDone(
                                context,
                                blocking.call(() -> act(timestamp, signature, body.getBytes())),
                                _ -> {
                                    var unused = context.response().setStatusCode(200).end();
                                }));
    }

    private boolean act(@Nullable String timestamp, @Nullable String signature, byte[] body) {
        Optional<SlackAction> action = SlackAction.read(payload(body));
        if (action.isEmpty()) {
            // An Open button tells us too, and wants nothing; nor does anybody who cannot be asked
            // for a signature.
            return false;
        }
        ChannelRecord channel =
                channels.findByItsSecret(action.get().channelId())
                        .orElseThrow(SlackHandler::notSlack);
        switch (signatures.judge(secret(channel), timestamp, signature, body)) {
            case GENUINE -> {}
            case FORGED, STALE, REPLAYED -> throw notSlack();
            case TOO_MANY -> throw Problem.unavailable("too many requests at once; try again");
        }
        String by = "slack:" + action.get().by();
        return switch (action.get().kind()) {
            case ACKNOWLEDGE ->
                    actions.acknowledge(channel.organisationId(), action.get().groupId(), by);
            case SNOOZE ->
                    actions.snooze(channel.organisationId(), action.get().groupId(), SNOOZE, by);
        };
    }

    private SecretText secret(ChannelRecord channel) {
        try {
            return vault.open(channel) instanceof Target.Slack slack
                    ? slack.signingSecret().orElseThrow(SlackHandler::notSlack)
                    : refuse();
        } catch (SecretBox.Unopenable e) {
            return refuse();
        }
    }

    private static SecretText refuse() {
        throw notSlack();
    }

    /** The one field of a form. */
    private static String payload(byte[] body) {
        String form = new String(body, StandardCharsets.UTF_8);
        try {
            return form.startsWith(PAYLOAD)
                    ? URLDecoder.decode(form.substring(PAYLOAD.length()), StandardCharsets.UTF_8)
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The same whatever was wrong. */
    private static Problem notSlack() {
        return Problem.unauthorized("X-Slack-Signature: not of this channel's app, or not new");
    }
}
