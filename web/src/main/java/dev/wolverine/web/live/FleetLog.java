package dev.wolverine.web.live;

import dev.wolverine.query.FleetChange;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.ServerField;
import java.util.Deque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What changed in one organisation's fleet, conflated by construction: one entry a server, in the
 * order of its last change, with the number of the change that last touched each field.
 *
 * <p>A reader keeps nothing but a cursor, the number of the last change that it has seen. So a
 * reader that stalls costs no memory, and however long it stalls, one walk over the servers that
 * changed since then brings it up to date.
 *
 * <p>Thread-safe. As large as the fleet: about 250 bytes a server.
 */
final class FleetLog {

    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    private long sequence;

    /**
     * Takes in what is there before the first change, so that the first change is told apart from
     * it. Servers that a change has brought meanwhile stay as they are.
     */
    synchronized void seed(FleetIndex.Snapshot snapshot) {
        for (ServerView server : snapshot.servers()) {
            String id = server.state().instanceId();
            if (!entries.containsKey(id)) {
                Entry entry = new Entry();
                entry.server = server;
                entries.putFirst(id, entry);
            }
        }
    }

    /** Takes a change in. Changes come in the order of their numbers. */
    synchronized void apply(FleetChange change) {
        sequence = change.sequence();
        for (ServerView server : change.servers()) {
            String id = server.state().instanceId();
            Entry entry = entries.remove(id);
            if (entry == null) {
                entry = new Entry();
            }
            entry.update(server, change);
            entries.putLast(id, entry);
        }
    }

    /**
     * Adds the servers that changed after the cursor, the one that changed longest ago first.
     *
     * @return the new cursor: of the newest change, never less than the old one
     */
    synchronized long readInto(Deque<ServerChange> changes, long cursor) {
        if (sequence <= cursor) {
            return cursor;
        }
        for (Entry entry : entries.reversed().values()) {
            if (entry.changedAt <= cursor) {
                break;
            }
            changes.addFirst(entry.since(cursor));
        }
        return sequence;
    }

    /**
     * A server that changed.
     *
     * @param fields those that changed, as bits by {@link ServerField}'s ordinal
     * @param heartbeat whether a heartbeat was among the causes
     */
    record ServerChange(ServerView server, int fields, boolean heartbeat) {}

    private static final class Entry {

        private final long[] fieldChangedAt = new long[ServerField.values().length];
        private @Nullable ServerView server;
        private long changedAt;
        private long heartbeatAt;

        void update(ServerView newer, FleetChange change) {
            int fields = ServerField.changed(server, newer);
            for (int field = 0; field < fieldChangedAt.length; field++) {
                if ((fields & (1 << field)) != 0) {
                    fieldChangedAt[field] = change.sequence();
                }
            }
            server = newer;
            changedAt = change.sequence();
            if (change.heartbeat()) {
                heartbeatAt = change.sequence();
            }
        }

        ServerChange since(long cursor) {
            int fields = 0;
            for (int field = 0; field < fieldChangedAt.length; field++) {
                if (fieldChangedAt[field] > cursor) {
                    fields |= 1 << field;
                }
            }
            ServerView current = server;
            if (current == null) {
                throw new IllegalStateException("an entry is made by its first change");
            }
            return new ServerChange(current, fields, heartbeatAt > cursor);
        }
    }
}
