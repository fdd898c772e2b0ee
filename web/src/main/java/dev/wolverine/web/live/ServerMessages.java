package dev.wolverine.web.live;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.json.Json;
import dev.wolverine.web.json.ServerField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server says, as JSON texts. */
final class ServerMessages {

    private ServerMessages() {}

    /**
     * @param epoch in which numbers of events mean the same
     * @param sequence number of the organisation's newest event
     */
    static String hello(String epoch, long sequence, long pingMillis, Instant now) {
        return message(
                "hello",
                json -> {
                    json.writeStringField("epoch", epoch);
                    json.writeNumberField("seq", sequence);
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

    /**
     * A subscription is accepted.
     *
     * @param sequence of the last event that the reader will not be told, or has
     * @param recovered whether all events since it left will come; null: it has not asked
     */
    static String ok(long id, String epoch, long sequence, @Nullable Boolean recovered) {
        return message(
                "ok",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeStringField("epoch", epoch);
                    json.writeNumberField("seq", sequence);
                    if (recovered != null) {
                        json.writeBooleanField("recovered", recovered);
                    }
                });
    }

    /**
     * What was sent so far is to be replaced by the snapshot that follows.
     *
     * @param lost whether events were lost; the next one comes after {@code sequence}
     */
    static String resync(long id, boolean lost, String epoch, long sequence) {
        return message(
                "resync",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeBooleanField("eventsLost", lost);
                    json.writeStringField("epoch", epoch);
                    json.writeNumberField("es", sequence);
                });
    }

    /**
     * @param total servers of which the window shows a part; negative: no window
     */
    static String snapshotPart(
            long id, int part, boolean last, long sequence, List<Update> updates, int total) {
        return message(
                "snap",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeNumberField("part", part);
                    json.writeBooleanField("last", last);
                    json.writeNumberField("seq", sequence);
                    if (total >= 0) {
                        json.writeNumberField("total", total);
                    }
                    writeUpdates(json, updates);
                });
    }

    /** What changed, as one message. */
    static final class Delta {
        private final List<Update> updates = new ArrayList<>();
        private final List<String> gone = new ArrayList<>();
        private List<String> events = List.of();
        private FleetFeed.@Nullable Page order;
        private int bytes;

        void update(Update update) {
            updates.add(update);
            bytes += update.bytes();
        }

        void gone(String id) {
            gone.add(id);
            bytes += id.length() + 3;
        }

        void order(FleetFeed.Page now) {
            order = now;
            for (String id : now.ids()) {
                bytes += id.length() + 3;
            }
        }

        void events(List<String> happened) {
            events = happened;
        }

        boolean isEmpty() {
            return updates.isEmpty() && gone.isEmpty() && events.isEmpty() && order == null;
        }

        /** Of the rows. */
        int bytes() {
            return bytes;
        }

        /**
         * @param eventSequence of the last event that the reader has with this message
         */
        String message(long id, long sequence, long eventSequence) {
            return ServerMessages.message(
                    "d",
                    json -> {
                        json.writeNumberField("id", id);
                        json.writeNumberField("seq", sequence);
                        json.writeNumberField("es", eventSequence);
                        writeUpdates(json, updates);
                        writeStrings(json, "x", gone);
                        FleetFeed.Page now = order;
                        if (now != null) {
                            writeStrings(json, "o", now.ids());
                            json.writeNumberField("total", now.total());
                        }
                        json.writeArrayFieldStart("e");
                        for (String event : events) {
                            json.writeRawValue(event);
                        }
                        json.writeEndArray();
                    });
        }
    }

    /** An event as it stands in a message of version 2. */
    static String event(LiveEvent event) {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeNumberField("seq", event.sequence());
            json.writeStringField("kind", event.kind().label());
            Fields.text(json, "server", event.instanceId());
            Fields.time(json, "at", event.at());
            json.writeFieldName("data");
            json.writeRawValue(event.content());
            json.writeEndObject();
        });
    }

    /** An event of the published protocol. */
    static String simpleEvent(LiveEvent event) {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("type", event.kind().label());
            Fields.text(json, "serverId", event.instanceId());
            Fields.time(json, "timestamp", event.at());
            json.writeFieldName("data");
            json.writeRawValue(event.content());
            json.writeEndObject();
        });
    }

    /** Events of the published protocol were lost. */
    static String simpleResync() {
        return message("resync", json -> json.writeBooleanField("eventsLost", true));
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

    private static void writeStrings(JsonGenerator json, String name, List<String> strings)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String string : strings) {
            json.writeString(string);
        }
        json.writeEndArray();
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
