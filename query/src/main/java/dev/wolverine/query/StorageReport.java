package dev.wolverine.query;

import dev.wolverine.db.model.StorageLayout;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is stored, and what will be.
 *
 * @param rawBytes beats, their snapshots and what a late beat is begun from
 * @param usageBytes what follows from beats, and is kept longer
 * @param otherBytes everything else in the database
 * @param bytesPerDay how fast it grows before anything is compressed or dropped; empty: too early
 *     to tell
 * @param bytesAtRetention what it comes to at this rate once as much is dropped as is written;
 *     empty as above
 * @param freeBytes on the disk of the database; empty: not our disk
 * @param fullInDays whole days until the disk is full at this rate; empty: never, or not known
 */
public record StorageReport(
        StorageLayout layout,
        Instant measuredAt,
        long rawBytes,
        long usageBytes,
        long otherBytes,
        OptionalLong bytesPerDay,
        OptionalLong bytesAtRetention,
        OptionalLong freeBytes,
        OptionalInt fullInDays) {

    /** What will happen to the disk. */
    public enum Outlook {
        /** No rate yet, or no disk of ours. */
        UNKNOWN,
        /** Everything fits for as long as it is kept. */
        FITS,
        /** The disk is full before the first day is dropped, or soon after. */
        FILLS
    }

    public Outlook outlook() {
        if (fullInDays.isPresent()) {
            return Outlook.FILLS;
        }
        return bytesPerDay.isPresent() && freeBytes.isPresent() ? Outlook.FITS : Outlook.UNKNOWN;
    }
}
