package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.notify.Notification.State;
import dev.wolverine.alerts.outbound.OutboundAnswer;
import dev.wolverine.alerts.outbound.OutboundException;
import dev.wolverine.alerts.outbound.OutboundHttp;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes to Slack as a bot: one message an incident, which is edited while it lasts, and a reply
 * below it when it is over.
 */
public final class SlackNotifier implements Notifier {

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,60}");

    /** The token is good for nothing any more. */
    private static final Set<String> NOT_LET_IN =
            Set.of(
                    "account_inactive",
                    "invalid_auth",
                    "not_authed",
                    "org_login_required",
                    "team_access_not_granted",
                    "token_expired",
                    "token_revoked");

    private static final Set<String> PASSING =
            Set.of(
                    "fatal_error",
                    "internal_error",
                    "rate_limited",
                    "ratelimited",
                    "request_timeout",
                    "service_unavailable",
                    "team_added_to_org");

    /** Somebody has deleted it, or it is too old: then a new one is written. */
    private static final Set<String> NOT_EDITABLE =
            Set.of("message_not_found", "cant_update_message", "edit_window_closed");

    private final OutboundHttp http;
    private final String api;

    /**
     * @param api address that the names of methods are appended to, as `https://slack.com/api`
     */
    public SlackNotifier(OutboundHttp http, String api) {
        this.http = http;
        this.api = api;
    }

    @Override
    public Outcome deliver(Target target, Message message) {
        Target.Slack slack = (Target.Slack) target;
        ObjectNode body = SlackMessage.of(message, slack.signingSecret().isPresent());
        try {
            return switch (message) {
                case Message.Digest _ -> forget(post(slack, body));
                case Message.Single single when single.reference().isPresent() ->
                        edit(slack, single, body, single.reference().get());
                case Message.Single single when single.notification().state() == State.TEST ->
                        forget(post(slack, body));
                case Message.Single _ -> post(slack, body);
            };
        } catch (OutboundException e) {
            return HttpOutcome.of(e);
        }
    }

    private Outcome edit(
            Target.Slack slack, Message.Single single, ObjectNode body, String reference)
            throws OutboundException {
        Answer answer = call(slack, "chat.update", body.deepCopy().put("ts", reference));
        if (answer.error().filter(NOT_EDITABLE::contains).isPresent()) {
            return post(slack, body);
        }
        if (!(answer.outcome() instanceof Outcome.Delivered edited)) {
            return answer.outcome();
        }
        if (single.notification().state() == State.RESOLVED) {
            // The message itself says it already: a reply that fails is not worth another edit.
            ObjectNode reply = SlackMessage.resolved(single.notification());
            call(slack, "chat.postMessage", reply.put("thread_ts", reference));
        }
        return new Outcome.Delivered(edited.status(), Optional.of(reference));
    }

    private Outcome post(Target.Slack slack, ObjectNode body) throws OutboundException {
        return call(slack, "chat.postMessage", body).outcome();
    }

    /** Nothing will be edited later. */
    private static Outcome forget(Outcome outcome) {
        return outcome instanceof Outcome.Delivered delivered
                ? new Outcome.Delivered(delivered.status(), Optional.empty())
                : outcome;
    }

    private Answer call(Target.Slack slack, String method, ObjectNode body)
            throws OutboundException {
        OutboundAnswer answer =
                http.post(
                        api + "/" + method,
                        Map.of("Authorization", "Bearer " + slack.token().reveal()),
                        SlackMessage.bytes(body.put("channel", slack.channel())));
        if (answer.status() != 200) {
            Outcome outcome = HttpOutcome.of(answer);
            // Slack itself is never gone.
            return new Answer(
                    outcome instanceof Outcome.Disable disable
                            ? new Outcome.Failed(disable.status(), disable.reason())
                            : outcome,
                    Optional.empty());
        }
        return read(answer);
    }

    private static Answer read(OutboundAnswer answer) {
        Optional<Integer> status = Optional.of(answer.status());
        JsonNode json;
        try {
            json = MAPPER.readTree(answer.body());
        } catch (IOException e) {
            json = MAPPER.createObjectNode();
        }
        if (json.path("ok").asBoolean()) {
            return new Answer(
                    new Outcome.Delivered(
                            status, Optional.ofNullable(json.get("ts")).map(JsonNode::asText)),
                    Optional.empty());
        }
        String error = json.path("error").asText();
        if (!ERROR_CODE.matcher(error).matches()) {
            return new Answer(
                    new Outcome.Retry(
                            status, "Slack's answer is not to be understood", Optional.empty()),
                    Optional.empty());
        }
        String reason = "Slack says " + error;
        Outcome outcome;
        if (NOT_LET_IN.contains(error)) {
            outcome = new Outcome.Disable(status, reason);
        } else if (PASSING.contains(error)) {
            outcome = new Outcome.Retry(status, reason, answer.retryAfter());
        } else {
            outcome = new Outcome.Failed(status, reason);
        }
        return new Answer(outcome, Optional.of(error));
    }

    private record Answer(Outcome outcome, Optional<String> error) {}
}
