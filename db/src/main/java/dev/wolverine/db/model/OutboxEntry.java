package dev.wolverine.db.model;

import java.util.UUID;

/**
 * One version of a group of alerts that a channel is to be told of.
 *
 * @param id rises with time
 * @param eventId the same on every try
 * @param payload JSON
 * @param attempts tries so far
 */
public record OutboxEntry(
        long id, UUID groupId, int version, UUID eventId, String payload, int attempts) {}
