package dev.wolverine.web.live;

import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.ServerField;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The envelope of version 2: a snapshot in parts, then changes.
 *
 * <p>Two numbers: the cursor counts changes of the fleet and says what the reader has seen; the
 * sequence counts messages to the reader, so that it can see a gap. Both begin at the snapshot's.
 * What was read from the log and not yet sent waits in {@code pending}, which is never larger than
 * the fleet; the log is not read again before it is empty.
 */
final class FleetSubscription implements Subscription {

    private static final int MAX_MESSAGE_BYTES = 60 * 1024;

    private final long id;
    private final Set<String> servers;
    private final FleetLog log;
    private final List<ServerView> snapshot;
    private final long snapshotSequence;
    private final Deque<FleetLog.ServerChange> pending = new ArrayDeque<>();
    private int sent;
    private int part;
    private boolean snapshotComplete;
    private long cursor;
    private long sequence;

    /**
     * @param servers instance ids to send; empty: all
     * @param log acquired before the snapshot was taken
     */
    FleetSubscription(long id, Set<String> servers, FleetLog log, FleetIndex.Snapshot snapshot) {
        this.id = id;
        this.servers = servers;
        this.log = log;
        this.snapshot = snapshot.servers().stream().filter(this::isWanted).toList();
        this.snapshotSequence = snapshot.sequence();
        this.cursor = snapshot.sequence();
        this.sequence = snapshot.sequence();
    }

    @Override
    public void flush(Outlet outlet) {
        while (!snapshotComplete && !outlet.isFull()) {
            sendPart(outlet);
        }
        if (!snapshotComplete) {
            return;
        }
        if (pending.isEmpty()) {
            cursor = log.readInto(pending, cursor);
        }
        while (!pending.isEmpty() && !outlet.isFull()) {
            sendChanges(outlet);
        }
    }

    private void sendPart(Outlet outlet) {
        List<ServerMessages.Update> updates = new ArrayList<>();
        int bytes = 0;
        while (sent < snapshot.size()) {
            ServerMessages.Update update =
                    ServerMessages.Update.of(snapshot.get(sent), ServerField.ALL);
            if (!updates.isEmpty() && bytes + update.bytes() > MAX_MESSAGE_BYTES) {
                break;
            }
            updates.add(update);
            bytes += update.bytes();
            sent++;
        }
        snapshotComplete = sent == snapshot.size();
        outlet.send(
                ServerMessages.snapshotPart(id, part, snapshotComplete, snapshotSequence, updates));
        part++;
    }

    private void sendChanges(Outlet outlet) {
        List<ServerMessages.Update> updates = new ArrayList<>();
        int bytes = 0;
        while (!pending.isEmpty()) {
            FleetLog.ServerChange change = pending.getFirst();
            if (change.fields() != 0 && isWanted(change.server())) {
                ServerMessages.Update update =
                        ServerMessages.Update.of(change.server(), change.fields());
                if (!updates.isEmpty() && bytes + update.bytes() > MAX_MESSAGE_BYTES) {
                    break;
                }
                updates.add(update);
                bytes += update.bytes();
            }
            pending.removeFirst();
        }
        if (!updates.isEmpty()) {
            send(outlet, updates);
        }
    }

    private void send(Outlet outlet, List<ServerMessages.Update> updates) {
        sequence++;
        outlet.send(ServerMessages.delta(id, sequence, updates));
    }

    private boolean isWanted(ServerView server) {
        return servers.isEmpty() || servers.contains(server.state().instanceId());
    }
}
