package dev.wolverine.web.live;

import dev.wolverine.query.FleetChange;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.ServerField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

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

    /** Most changes that one reading takes, so that a slow reader holds few. */
    static final int MAX_CHANGES = 1_000;

    /** Changes that are kept as JSON for the next reader: most read the same ones. */
    private static final int MAX_ENCODED = 4_096;

    private final Function<ServerView, FleetFeed.Marks> marks;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    private final Map<Written, ServerMessages.Update> encoded =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<Written, ServerMessages.Update> eldest) {
                    return size() > MAX_ENCODED;
                }
            };
    private long number;

    /**
     * @param marks what decides whether a server is shown
     */
    FleetLog(Function<ServerView, FleetFeed.Marks> marks) {
        this.marks = marks;
    }

    /**
     * Takes in what is there before the first change, so that the first change is told apart from
     * it. Servers that a change has brought meanwhile stay as they are.
     */
    synchronized void seed(FleetIndex.Snapshot snapshot) {
        for (ServerView server : snapshot.servers()) {
            String id = server.state().instanceId();
            if (!entries.containsKey(id)) {
                entries.putFirst(id, new Entry(server, marks.apply(server)));
            }
        }
    }

    /** Takes a change in. Changes come in their order. */
    synchronized void apply(FleetChange change) {
        for (ServerView server : change.servers()) {
            number++;
            String id = server.state().instanceId();
            Entry entry = entries.remove(id);
            FleetFeed.Marks now = marks.apply(server);
            if (entry == null) {
                entry = new Entry(server, now);
                entry.touchAll(number);
            } else {
                entry.update(server, now, number);
            }
            if (change.heartbeat()) {
                entry.heartbeatAt = number;
            }
            entries.putLast(id, entry);
        }
    }

    /** Number of the newest change; 0 before the first. */
    synchronized long newest() {
        return number;
    }

    /** Whether a server is shown to who wants these tags. */
    synchronized boolean shows(String instanceId, Set<String> tags) {
        Entry entry = entries.get(instanceId);
        return entry != null && entry.marks.have(tags);
    }

    /** The servers that have all these tags, as they are at this moment. */
    synchronized Snapshot snapshot(Set<String> tags) {
        return snapshot(entries.values(), entry -> entry.marks.have(tags));
    }

    /** Of these servers those that have the tags, in the same order. */
    synchronized Snapshot snapshot(Collection<String> ids, Set<String> tags) {
        List<Entry> found = new ArrayList<>();
        for (String id : ids) {
            Entry entry = entries.get(id);
            if (entry != null) {
                found.add(entry);
            }
        }
        return snapshot(found, entry -> entry.marks.have(tags));
    }

    private Snapshot snapshot(Collection<Entry> from, Predicate<Entry> wanted) {
        return new Snapshot(
                number, from.stream().filter(wanted).map(entry -> entry.server).toList());
    }

    /**
     * Adds the servers that changed after the cursor, the one that changed longest ago first: at
     * most {@link #MAX_CHANGES}.
     *
     * @return the new cursor: of the newest change that was read, never less than the old one
     */
    synchronized long readInto(Deque<ServerChange> changes, long cursor) {
        if (number <= cursor) {
            return cursor;
        }
        for (Entry entry : entries.reversed().values()) {
            if (entry.changedAt <= cursor) {
                break;
            }
            changes.addFirst(entry.since(cursor));
        }
        if (changes.size() <= MAX_CHANGES) {
            return number;
        }
        while (changes.size() > MAX_CHANGES) {
            changes.removeLast();
        }
        return changes.getLast().number();
    }

    /**
     * Adds of these servers those that changed after the cursor.
     *
     * @param whole ids of those that are added with all fields, changed or not
     */
    synchronized long readInto(
            Deque<ServerChange> changes, Collection<String> ids, Set<String> whole, long cursor) {
        if (number <= cursor && whole.isEmpty()) {
            return cursor;
        }
        for (String id : ids) {
            Entry entry = entries.get(id);
            if (entry != null && whole.contains(id)) {
                changes.addLast(entry.since(-1));
            } else if (entry != null && entry.changedAt > cursor) {
                changes.addLast(entry.since(cursor));
            }
        }
        return number;
    }

    /** The change as JSON. */
    ServerMessages.Update encode(ServerChange change) {
        Written key =
                new Written(change.server().state().instanceId(), change.number(), change.fields());
        synchronized (encoded) {
            ServerMessages.Update known = encoded.get(key);
            if (known != null) {
                return known;
            }
        }
        ServerMessages.Update update = ServerMessages.Update.of(change.server(), change.fields());
        synchronized (encoded) {
            encoded.put(key, update);
        }
        return update;
    }

    /**
     * Servers as they are after a change.
     *
     * @param number of that change
     */
    record Snapshot(long number, List<ServerView> servers) {}

    /**
     * A server that changed.
     *
     * @param number of its last change
     * @param fields those that changed, as bits by {@link ServerField}'s ordinal
     * @param heartbeat whether a heartbeat was among the causes
     * @param marked whether what decides if it is shown has changed
     */
    record ServerChange(
            ServerView server,
            FleetFeed.Marks marks,
            long number,
            int fields,
            boolean heartbeat,
            boolean marked) {}

    private record Written(String instanceId, long number, int fields) {}

    private static final class Entry {

        private final long[] fieldChangedAt = new long[ServerField.values().length];
        private ServerView server;
        private FleetFeed.Marks marks;
        private long changedAt;
        private long markedAt;
        private long heartbeatAt;

        Entry(ServerView server, FleetFeed.Marks marks) {
            this.server = server;
            this.marks = marks;
        }

        void touchAll(long number) {
            java.util.Arrays.fill(fieldChangedAt, number);
            changedAt = number;
            markedAt = number;
        }

        void update(ServerView newer, FleetFeed.Marks newerMarks, long number) {
            int fields = ServerField.changed(server, newer);
            for (int field = 0; field < fieldChangedAt.length; field++) {
                if ((fields & (1 << field)) != 0) {
                    fieldChangedAt[field] = number;
                }
            }
            if (!newerMarks.equals(marks)) {
                markedAt = number;
            }
            server = newer;
            marks = newerMarks;
            changedAt = number;
        }

        ServerChange since(long cursor) {
            int fields = 0;
            for (int field = 0; field < fieldChangedAt.length; field++) {
                if (fieldChangedAt[field] > cursor) {
                    fields |= 1 << field;
                }
            }
            return new ServerChange(
                    server, marks, changedAt, fields, heartbeatAt > cursor, markedAt > cursor);
        }
    }
}
