package dev.wolverine.db.alert;

import java.util.UUID;

/**
 * A version of a group, to be told to every channel that wants its severity.
 *
 * @param payload JSON
 */
public record OutboxEntry(UUID groupId, int version, UUID eventId, int severity, String payload) {}
