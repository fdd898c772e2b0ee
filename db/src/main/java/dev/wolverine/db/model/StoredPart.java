package dev.wolverine.db.model;

import java.time.Instant;

/**
 * A partition or a chunk of a table.
 *
 * @param table as `heartbeats`
 * @param from the first time in it
 * @param until the first time after it
 * @param bytes on disk, with indexes
 * @param compressed whether its rows lie by column
 */
public record StoredPart(
        String table, Instant from, Instant until, long bytes, boolean compressed) {}
