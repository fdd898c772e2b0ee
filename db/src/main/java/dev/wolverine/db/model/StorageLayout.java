package dev.wolverine.db.model;

/**
 * How a database keeps beats, as it was chosen when its schema was made.
 *
 * @param columnstore whether old beats are compressed
 * @param reason why this one, for people
 */
public record StorageLayout(Kind kind, boolean columnstore, String reason) {

    /** Who cuts the table of beats by time. */
    public enum Kind {
        /** Range partitions of PostgreSQL. */
        NATIVE,
        /** A hypertable of TimescaleDB. */
        TIMESCALE
    }
}
