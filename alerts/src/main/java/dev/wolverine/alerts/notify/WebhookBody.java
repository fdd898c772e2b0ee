package dev.wolverine.alerts.notify;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.alerts.notify.Notification.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;

/** The JSON that webhooks get. Fields are only ever added to a version. */
final class WebhookBody {

    private static final int VERSION = 1;

    private static final JsonMapper MAPPER = new JsonMapper();

    private WebhookBody() {}

    static byte[] of(Message message, Instant now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeStringField("type", type(message));
            json.writeStringField("id", message.eventId().toString());
            json.writeStringField("timestamp", now.toString());
            json.writeFieldName("data");
            switch (message) {
                case Message.Single single ->
                        json.writeRawValue(NotificationCodec.write(single.notification()));
                case Message.Digest digest -> write(json, digest);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private static String type(Message message) {
        return switch (message) {
            case Message.Digest _ -> "alerts.digest";
            case Message.Single single when single.notification().state() == State.TEST ->
                    "channel.test";
            case Message.Single single -> "alerts." + Wording.state(single.notification().state());
        };
    }

    /** Every version of every group, without the members. */
    private static void write(JsonGenerator json, Message.Digest digest) throws IOException {
        json.writeStartObject();
        json.writeNumberField("count", digest.notifications().size());
        json.writeArrayFieldStart("notifications");
        for (Notification one : digest.notifications()) {
            json.writeStartObject();
            json.writeStringField("eventId", one.eventId().toString());
            json.writeStringField("groupId", one.groupId().toString());
            json.writeNumberField("version", one.version());
            json.writeStringField("state", Wording.state(one.state()));
            json.writeStringField("severity", one.severity().name().toLowerCase(Locale.ROOT));
            json.writeStringField("title", one.title());
            json.writeStringField("rule", one.rule());
            json.writeStringField("kind", one.kind());
            json.writeNumberField("memberCount", one.memberCount());
            json.writeStringField("at", one.at().toString());
            if (one.link().isPresent()) {
                json.writeStringField("link", one.link().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
