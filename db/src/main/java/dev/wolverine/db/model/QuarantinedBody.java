package dev.wolverine.db.model;

/**
 * A body in quarantine.
 *
 * @param body not to be written to
 */
public record QuarantinedBody(QuarantineRow row, byte[] body) {}
