package dev.wolverine.db.model;

import java.time.Instant;

/**
 * The last change of a server's status that its beats told of.
 *
 * @param status code of {@code LedgerEvent.Status}
 * @param since client time
 */
public record StatusBegin(int status, Instant since) {}
