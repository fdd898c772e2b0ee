package dev.wolverine.db.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A try as the delivery log shows it.
 *
 * @param covers rows of the outbox: more than one for a digest, none for a test
 * @param message what was to be told; null for a test
 */
public record DeliveryRecord(long id, int covers, DeliveryTry tried, @Nullable Message message) {

    /**
     * The row of the outbox, or the first of a digest's.
     *
     * @param state waiting, delivered, superseded or dead
     */
    public record Message(UUID eventId, UUID groupId, int version, String state) {}
}
