package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import java.nio.charset.StandardCharsets;

/**
 * An event, written once for all who read it.
 *
 * @param json as it stands in a message
 * @param bytes of that in UTF-8, with the comma
 * @param bytesThrough of all events of the organisation up to this one
 * @param at when it came, in nanoseconds of a clock that does not jump
 */
record LoggedEvent(LiveEvent event, String json, int bytes, long bytesThrough, long at) {

    static LoggedEvent of(LiveEvent event, long bytesBefore, long at) {
        String json = ServerMessages.event(event);
        int bytes = json.getBytes(StandardCharsets.UTF_8).length + 1;
        return new LoggedEvent(event, json, bytes, bytesBefore + bytes, at);
    }

    long sequence() {
        return event.sequence();
    }
}
