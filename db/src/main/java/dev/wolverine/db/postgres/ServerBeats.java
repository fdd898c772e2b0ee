package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The beats of one server in a batch, and what became of them. Mutable: one transaction's work. */
final class ServerBeats {

    private final Identity identity;
    private final List<Entry> entries = new ArrayList<>(1);
    private final List<Heartbeat> changed = new ArrayList<>(1);
    private Map<Instant, Heartbeat> replaced = Map.of();
    private KnownServer known = KnownServer.created(0, 0);
    private KnownServers.@Nullable Memory memory;
    private KnownServer.@Nullable KnownLedger ledger;
    private boolean isRestated;

    /** A beat with its place in the batch. */
    record Entry(int index, Heartbeat heartbeat) {}

    ServerBeats(Identity identity) {
        this.identity = identity;
    }

    Identity identity() {
        return identity;
    }

    int serverId() {
        return known.serverId();
    }

    /** What was so before this transaction. */
    KnownServer known() {
        return known;
    }

    void know(KnownServer server) {
        known = server;
    }

    void know(KnownServers.Memory remembered) {
        memory = remembered;
        known = remembered.server();
    }

    /** Where it is remembered, if it is. */
    KnownServers.@Nullable Memory memory() {
        return memory;
    }

    /** What is stored is booked. */
    void booked(KnownServer.KnownLedger after) {
        ledger = after;
    }

    /** The stored state was made of the latest beat. */
    void restated() {
        isRestated = true;
    }

    /**
     * What is known once the transaction is committed.
     *
     * @throws IllegalStateException if it was not booked
     */
    KnownServer after() {
        if (ledger == null) {
            throw new IllegalStateException("server " + serverId() + " was not booked");
        }
        return new KnownServer(
                known.serverId(),
                known.claim(),
                ledger,
                true,
                isRestated ? KnownServer.StoredState.of(latest()) : known.state(),
                InsertSnapshots.of(latest()));
    }

    /** Those that are to be stored; of distinct times, ascending, once they are sorted out. */
    List<Entry> entries() {
        return entries;
    }

    /** Whether every beat is newer than all that are stored: none of them can be there. */
    boolean isAhead() {
        return known.isBefore(entries.getFirst().heartbeat());
    }

    /** A beat is new. */
    void stored(Heartbeat beat) {
        changed.add(beat);
    }

    /** A beat took the place of another. */
    void replaced(Heartbeat beat, Heartbeat former) {
        changed.add(beat);
        if (replaced.isEmpty()) {
            replaced = new HashMap<>();
        }
        replaced.put(former.timestamp(), former);
    }

    /** Those that are new or took another's place, ascending. */
    List<Heartbeat> changed() {
        return changed;
    }

    Heartbeat latest() {
        return changed.getLast();
    }

    Instant first() {
        return changed.getFirst().timestamp();
    }

    /** When the last of the changed ones came. */
    Instant lastSeen() {
        Instant last = changed.getFirst().receivedAt();
        for (Heartbeat beat : changed) {
            last = beat.receivedAt().isAfter(last) ? beat.receivedAt() : last;
        }
        return last;
    }

    /** Those whose place was taken, by client time. */
    Map<Instant, Heartbeat> replaced() {
        return replaced;
    }

    Set<Instant> timestamps() {
        Set<Instant> timestamps = HashSet.newHashSet(changed.size());
        changed.forEach(beat -> timestamps.add(beat.timestamp()));
        return timestamps;
    }
}
