package dev.wolverine.web.live;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.json.Json;
import dev.wolverine.web.json.ServerField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server says, as JSON texts. */
final class ServerMessages {

    private ServerMessages() {}

    static String hello(String epoch, long pingMillis, Instant now) {
        return message(
                "hello",
                json -> {
                    json.writeStringField("epoch", epoch);
                    json.writeNumberField("seq", 0);
                    json.writeNumberField("ping", pingMillis);
                    json.writeNumberField("serverTime", now.toEpochMilli());
                });
    }

    static String pong() {
        return message("pong", json -> {});
    }

    static String bye(long retryInMillis) {
        return message("bye", json -> json.writeNumberField("retryIn", retryInMillis));
    }

    static String error(@Nullable Long id, String text) {
        return message(
                "error",
                json -> {
                    if (id != null) {
                        json.writeNumberField("id", id);
                    }
                    json.writeStringField("message", text);
                });
    }

    static String snapshotPart(
            long id, int part, boolean last, long sequence, List<Update> updates) {
        return message(
                "snap",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeNumberField("part", part);
                    json.writeBooleanField("last", last);
                    json.writeNumberField("seq", sequence);
                    writeUpdates(json, updates);
                });
    }

    static String delta(long id, long sequence, List<Update> updates) {
        return message(
                "d",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeNumberField("seq", sequence);
                    writeUpdates(json, updates);
                    json.writeArrayFieldStart("x");
                    json.writeEndArray();
                    json.writeArrayFieldStart("e");
                    json.writeEndArray();
                });
    }

    /** An event of the published protocol. */
    static String heartbeat(ServerView server) {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("type", "heartbeat");
            json.writeStringField("serverId", server.state().instanceId());
            Fields.time(json, "timestamp", server.state().timestamp());
            json.writeFieldName("data");
            ServerField.write(json, server);
            json.writeEndObject();
        });
    }

    private static String message(String op, Json.Content fields) {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("op", op);
            fields.write(json);
            json.writeEndObject();
        });
    }

    private static void writeUpdates(JsonGenerator json, List<Update> updates) throws IOException {
        json.writeArrayFieldStart("u");
        for (Update update : updates) {
            json.writeRawValue(update.json);
        }
        json.writeEndArray();
    }

    /**
     * One server in a message, written ahead so that its size is known.
     *
     * @param bytes in UTF-8, with the comma
     */
    record Update(String json, int bytes) {

        static Update of(ServerView server, int fields) {
            byte[] json =
                    Json.bytes(out -> {
                        out.writeStartObject();
                        out.writeStringField("k", server.state().instanceId());
                        out.writeFieldName("p");
                        ServerField.write(out, server, fields);
                        out.writeEndObject();
                    });
            return new Update(new String(json, StandardCharsets.UTF_8), json.length + 1);
        }
    }
}
