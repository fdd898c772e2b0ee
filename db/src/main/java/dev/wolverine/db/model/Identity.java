package dev.wolverine.db.model;

import java.util.UUID;

/** Who sent a heartbeat: an instance id means nothing without its organisation. */
public record Identity(UUID organisationId, String instanceId) {}
