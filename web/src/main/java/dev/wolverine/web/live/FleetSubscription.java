package dev.wolverine.web.live;

import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.ServerField;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of version 2: a snapshot in parts, then changes, in two lanes.
 *
 * <p>Rows are conflated: what was not read from the log yet costs nothing, and is sent as it is
 * when its turn comes. Events are sent one by one. A reader that has not caught up for too long, or
 * has lost events, is told to forget and begins anew with a snapshot.
 *
 * <p>Each message after the snapshot has a number of its own, one more than the one before, so that
 * the reader can see a gap.
 */
final class FleetSubscription implements Subscription {

    private static final int MAX_MESSAGE_BYTES = 60 * 1024;

    private final long id;
    private final Rows rows;
    private final FleetLog log;
    private final EventLane events;
    private final long staleNanos;
    private final LongSupplier nanoTime;
    private final Deque<Rows.Step> pending = new ArrayDeque<>();
    private List<ServerView> snapshot = List.of();
    private FleetFeed.@Nullable Page order;
    private Phase phase = Phase.BEGINNING;
    private int sent;
    private int part;
    private long sequence = -1;
    private long caughtUpAt;

    private enum Phase {
        BEGINNING,
        SNAPSHOT,
        CHANGES
    }

    /**
     * @param staleAfter how long the reader may be behind before it begins anew
     */
    FleetSubscription(
            long id,
            Rows rows,
            FleetLog log,
            EventLane events,
            Duration staleAfter,
            LongSupplier nanoTime) {
        this.id = id;
        this.rows = rows;
        this.log = log;
        this.events = events;
        this.staleNanos = staleAfter.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void flush(Outlet outlet) {
        if (phase == Phase.CHANGES && !outlet.isFull()) {
            sendChanges(outlet);
        }
        if (phase == Phase.BEGINNING) {
            rows.begin().ifPresent(this::begin);
        }
        while (phase == Phase.SNAPSHOT && !outlet.isFull()) {
            sendPart(outlet);
        }
    }

    private void begin(Rows.Beginning beginning) {
        snapshot = beginning.servers();
        order = beginning.order();
        sequence = Math.max(sequence + 1, beginning.number());
        sent = 0;
        part = 0;
        phase = Phase.SNAPSHOT;
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
        boolean last = sent == snapshot.size();
        FleetFeed.Page whole = order;
        outlet.send(
                ServerMessages.snapshotPart(
                        id,
                        part,
                        last,
                        sequence,
                        updates,
                        last && whole != null ? whole.total() : -1));
        part++;
        if (last) {
            snapshot = List.of();
            phase = Phase.CHANGES;
            caughtUpAt = nanoTime.getAsLong();
        }
    }

    private void sendChanges(Outlet outlet) {
        boolean lost = events.hasLost();
        if (lost || nanoTime.getAsLong() - caughtUpAt > staleNanos) {
            beginAnew(outlet, lost);
            return;
        }
        if (pending.isEmpty()) {
            rows.changesInto(pending);
        }
        while ((!pending.isEmpty() || events.isBehind()) && !outlet.isFull()) {
            sendDelta(outlet);
            if (events.isBehind() && events.hasLost()) {
                return;
            }
        }
        if (pending.isEmpty()) {
            caughtUpAt = nanoTime.getAsLong();
        }
    }

    private void beginAnew(Outlet outlet, boolean lost) {
        if (lost) {
            events.skip();
        }
        outlet.send(ServerMessages.resync(id, lost, events.epoch(), events.cursor()));
        pending.clear();
        phase = Phase.BEGINNING;
    }

    private void sendDelta(Outlet outlet) {
        ServerMessages.Delta delta = new ServerMessages.Delta();
        while (!pending.isEmpty()) {
            switch (pending.getFirst()) {
                case Rows.Step.Changed changed -> {
                    ServerMessages.Update update = log.encode(changed.change());
                    if (!delta.isEmpty() && delta.bytes() + update.bytes() > MAX_MESSAGE_BYTES) {
                        send(outlet, delta);
                        return;
                    }
                    delta.update(update);
                }
                case Rows.Step.Gone gone -> delta.gone(gone.instanceId());
                case Rows.Step.Ordered ordered -> delta.order(ordered.order());
            }
            pending.removeFirst();
        }
        delta.events(events.take(MAX_MESSAGE_BYTES - delta.bytes()));
        if (!delta.isEmpty()) {
            send(outlet, delta);
        }
    }

    private void send(Outlet outlet, ServerMessages.Delta delta) {
        sequence++;
        outlet.send(delta.message(id, sequence, events.cursor()));
    }
}
