package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a database takes on its disk, without its write-ahead log.
 *
 * @param bytes of everything
 * @param parts of the tables that are cut by time
 * @param firstSeen when the first server ever sent something; empty: none has
 */
public record StorageSize(
        StorageLayout layout, long bytes, List<StoredPart> parts, Optional<Instant> firstSeen) {}
