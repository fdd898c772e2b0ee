package dev.wolverine.alerts.notify;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What one channel is told at once. */
public sealed interface Message {

    UUID channelId();

    /** The same on every try. */
    UUID eventId();

    /**
     * One version of one group.
     *
     * @param reference what the channel calls the message of an earlier version
     */
    record Single(UUID channelId, Notification notification, Optional<String> reference)
            implements Message {
        @Override
        public UUID eventId() {
            return notification.eventId();
        }
    }

    /**
     * Many at once, in a storm.
     *
     * @param notifications oldest first, each version of each group
     */
    record Digest(UUID channelId, UUID eventId, List<Notification> notifications)
            implements Message {
        public Digest {
            notifications = List.copyOf(notifications);
        }
    }
}
