package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The new beats of one server.
 *
 * @param revision of the server in this transaction
 * @param beats new, or in the place of another, ascending
 * @param replaced those whose place was taken, by client time
 */
record ChangedServer(
        int serverId,
        Identity identity,
        long revision,
        List<Heartbeat> beats,
        Map<Instant, Heartbeat> replaced) {

    Instant first() {
        return beats.getFirst().timestamp();
    }

    /** Of stored beats those that were there before this transaction, as they were. */
    List<Heartbeat> former(List<Heartbeat> stored) {
        Set<Instant> fresh = timestamps();
        List<Heartbeat> former = new ArrayList<>(stored.size());
        for (Heartbeat beat : stored) {
            Heartbeat was = replaced.get(beat.timestamp());
            if (was != null) {
                former.add(was);
            } else if (!fresh.contains(beat.timestamp())) {
                former.add(beat);
            }
        }
        return former;
    }

    Set<Instant> timestamps() {
        Set<Instant> timestamps = new HashSet<>();
        beats.forEach(beat -> timestamps.add(beat.timestamp()));
        return timestamps;
    }
}
