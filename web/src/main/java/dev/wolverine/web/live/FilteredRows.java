package dev.wolverine.web.live;

import dev.wolverine.web.json.ServerField;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/** All servers of a fleet, those that are named, or those with certain tags. */
final class FilteredRows implements Rows {

    private final FleetLog log;
    private final Set<String> servers;
    private final Set<String> tags;
    private long cursor;

    /**
     * @param servers instance ids to show; empty: all
     * @param tags all of which a server has to have
     */
    FilteredRows(FleetLog log, Set<String> servers, Set<String> tags) {
        this.log = log;
        this.servers = servers;
        this.tags = tags;
    }

    @Override
    public Optional<Beginning> begin() {
        FleetLog.Snapshot snapshot =
                servers.isEmpty() ? log.snapshot(tags) : log.snapshot(servers, tags);
        cursor = snapshot.number();
        return Optional.of(new Beginning(snapshot.number(), snapshot.servers(), null));
    }

    @Override
    public void changesInto(Deque<Step> steps) {
        Deque<FleetLog.ServerChange> changes = new ArrayDeque<>();
        cursor =
                servers.isEmpty()
                        ? log.readInto(changes, cursor)
                        : log.readInto(changes, servers, Set.of(), cursor);
        for (FleetLog.ServerChange change : changes) {
            if (change.marks().have(tags)) {
                add(steps, change);
            } else if (change.marked()) {
                steps.addLast(new Step.Gone(change.server().state().instanceId()));
            }
        }
    }

    private static void add(Deque<Step> steps, FleetLog.ServerChange change) {
        if (change.marked()) {
            // It may not have been shown before.
            steps.addLast(
                    new Step.Changed(
                            new FleetLog.ServerChange(
                                    change.server(),
                                    change.marks(),
                                    change.number(),
                                    ServerField.ALL,
                                    change.heartbeat(),
                                    true)));
        } else if (change.fields() != 0) {
            steps.addLast(new Step.Changed(change));
        }
    }
}
