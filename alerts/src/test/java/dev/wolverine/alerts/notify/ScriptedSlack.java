package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.alerts.outbound.ReceivingServer;
import dev.wolverine.alerts.outbound.ReceivingServer.Behaviour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Slack, as far as a bot sees it. */
final class ScriptedSlack {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final AtomicInteger messages = new AtomicInteger();

    /** A call of a method. */
    record Call(String method, String authorization, JsonNode body) {
        String text() {
            return body.path("text").asText();
        }
    }

    /** Takes everything. */
    Behaviour well() {
        return (socket, closed) ->
                answer(
                                200,
                                "{\"ok\":true,\"channel\":\"C0123456789\",\"ts\":\"1700000000."
                                        + messages.incrementAndGet()
                                        + "\"}")
                        .answer(socket, closed);
    }

    static Behaviour error(String code) {
        return answer(200, "{\"ok\":false,\"error\":\"" + code + "\"}");
    }

    static List<Call> calls(ReceivingServer server) {
        return server.received().stream()
                .map(one -> {
                    try {
                        return new Call(
                                one.line().replaceAll("POST /api/(\\S+) .*", "$1"),
                                one.header("authorization"),
                                MAPPER.readTree(one.body()));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }
}
