package dev.wolverine.db.model;

import java.util.List;

/**
 * Beats of one server that a commit stored.
 *
 * @param serverId surrogate key, unique over all organisations
 * @param beats at least one, ascending by client time
 * @param isRewritten whether one of them took another's place
 */
public record StoredBeats(int serverId, List<Heartbeat> beats, boolean isRewritten) {
    public StoredBeats {
        beats = List.copyOf(beats);
    }
}
