package dev.wolverine.db;

import java.time.Duration;

/**
 * How beats lie on the disk.
 *
 * @param layout which of the layouts a new database gets; one that has beats keeps what it has
 * @param partitions how long a partition of beats is, where PostgreSQL partitions
 * @param chunk how long a chunk of beats is, where TimescaleDB does: 1 to 24 hours
 * @param compressAfter chunks that ended this long ago are compressed: 1 hour to 365 days, best
 *     more than instances keep what they could not send (24 hours)
 */
public record StorageConfig(
        Layout layout, Partitions partitions, Duration chunk, Duration compressAfter) {

    /** What the database offers, or one that is asked for. */
    public enum Layout {
        AUTO,
        NATIVE,
        TIMESCALE
    }

    /** By the number of instances, or one that is asked for. */
    public enum Partitions {
        AUTO,
        DAY,
        HOUR
    }

    public StorageConfig {
        require("storage.chunk", chunk, Duration.ofHours(24), "1h to 24h");
        require("storage.compress-after", compressAfter, Duration.ofDays(365), "1h to 365d");
    }

    /** The shipped values. */
    public static StorageConfig defaults() {
        return new StorageConfig(
                Layout.AUTO, Partitions.AUTO, Duration.ofHours(6), Duration.ofHours(26));
    }

    private static void require(String key, Duration value, Duration longest, String expected) {
        if (value.compareTo(Duration.ofHours(1)) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    key + ": " + value + " (expected: " + expected + ")");
        }
    }
}
