package dev.wolverine.db.model;

import java.time.Instant;

/**
 * How far the counting of hours is.
 *
 * @param cursor transactions from here on are still to be looked at
 * @param followedAt when the cursor was last at the end
 * @param nextHour the hour to be counted next
 * @param nextServer the server of that hour to go on with; those with lower ids are counted
 */
public record UptimeProgress(long cursor, Instant followedAt, Instant nextHour, int nextServer) {

    /** Whether this hour of this server is counted: else what is new in it will be seen anyway. */
    public boolean hasCounted(Instant hour, int serverId) {
        return hour.isBefore(nextHour) || (hour.equals(nextHour) && serverId < nextServer);
    }
}
