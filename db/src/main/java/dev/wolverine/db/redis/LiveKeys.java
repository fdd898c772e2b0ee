package dev.wolverine.db.redis;

import java.util.UUID;

/** The published names of keys and channels: each begins with its organisation. */
public final class LiveKeys {

    private LiveKeys() {}

    /** JSON of a server's newest state; expires when the server is silent. */
    public static String serverState(UUID organisation, String instanceId) {
        return "wolverine:" + organisation + ":server:" + instanceId + ":state";
    }

    /** Sorted set of instance ids by the time of their last beat, milliseconds. */
    public static String activeServers(UUID organisation) {
        return "wolverine:" + organisation + ":servers:active";
    }

    /** Sorted set of the ids of firing alerts by the time since when, milliseconds. */
    public static String activeAlerts(UUID organisation) {
        return "wolverine:" + organisation + ":alerts:active";
    }

    /** JSON with the counts of servers by status; expires after 30 s. */
    public static String fleetStats(UUID organisation) {
        return "wolverine:" + organisation + ":stats:fleet";
    }

    /** Channel: JSON arrays of the instance ids that had beats. */
    public static String heartbeats(UUID organisation) {
        return "wolverine:" + organisation + ":pubsub:heartbeats";
    }

    /** Channel: `ENDED` or `REBOUND` and a key's id. */
    static String keyChanges(UUID organisation) {
        return "wolverine:" + organisation + ":pubsub:keys";
    }

    /** Pattern of the channels of all organisations. */
    static String allKeyChanges() {
        return "wolverine:*:pubsub:keys";
    }

    /** Channel: the hash of a session's token, in hexadecimal, once it has ended. */
    static String sessionEnds(UUID organisation) {
        return "wolverine:" + organisation + ":pubsub:sessions";
    }

    /** Pattern of the channels of all organisations. */
    static String allSessionEnds() {
        return "wolverine:*:pubsub:sessions";
    }

    /**
     * Whose a name is.
     *
     * @throws IllegalArgumentException if it is not of an organisation
     */
    static UUID organisation(String name) {
        String[] parts = name.split(":", 3);
        if (parts.length < 3) {
            throw new IllegalArgumentException(name + ": not of an organisation");
        }
        return UUID.fromString(parts[1]);
    }

    /** Is there as long as Redis has not lost what we wrote. */
    static String marker() {
        return "wolverine:live:marker";
    }
}
