package dev.wolverine.db.embedded;

/**
 * How large a PostgreSQL of our own is.
 *
 * @param sharedBuffersMb page cache of the server, MiB
 * @param maxWalMb write-ahead log kept between checkpoints, MiB
 * @param maxConnections sessions at a time
 */
public record PostgresProfile(int sharedBuffersMb, int maxWalMb, int maxConnections) {

    /** For a fleet. */
    public static PostgresProfile standard() {
        return new PostgresProfile(256, 4096, 100);
    }

    /** For tests: as durable, but small. */
    public static PostgresProfile small() {
        return new PostgresProfile(64, 512, 100);
    }
}
