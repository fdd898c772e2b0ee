package dev.wolverine.db.model;

import java.time.Instant;

/**
 * What a commit made known of a server.
 *
 * @param serverId surrogate key, unique over all organisations
 * @param heartbeat the newest of its new beats by client time; a late one, if it has newer ones
 * @param lastSeen when the last of its new beats came, our clock
 * @param instances runners that beat beside each other under its id
 */
public record LatestBeat(int serverId, Heartbeat heartbeat, Instant lastSeen, int instances) {

    /** Both, of one server: this and what a later commit made known. */
    public LatestBeat and(LatestBeat later) {
        return new LatestBeat(
                serverId,
                later.heartbeat.timestamp().isBefore(heartbeat.timestamp())
                        ? heartbeat
                        : later.heartbeat,
                later.lastSeen.isAfter(lastSeen) ? later.lastSeen : lastSeen,
                later.instances);
    }
}
