package dev.wolverine.web.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The servers in a part of the sorted list: they come and go as the order changes. */
final class WindowRows implements Rows {

    private static final FleetFeed.Page NOTHING = new FleetFeed.Page(List.of(), 0);

    private final FleetLog log;
    private final FleetWindows windows;
    private final FleetFeed.Window window;
    private FleetFeed.Page shown = NOTHING;
    private long cursor;

    WindowRows(FleetLog log, FleetWindows windows, FleetFeed.Window window) {
        this.log = log;
        this.windows = windows;
        this.window = window;
    }

    @Override
    public Optional<Beginning> begin() {
        return windows.latest(window)
                .map(page -> {
                    FleetLog.Snapshot snapshot = log.snapshot(page.ids(), Set.of());
                    shown = page;
                    cursor = snapshot.number();
                    return new Beginning(snapshot.number(), snapshot.servers(), page);
                });
    }

    @Override
    public void changesInto(Deque<Step> steps) {
        FleetFeed.Page page = windows.latest(window).orElse(shown);
        Set<String> entered = Set.of();
        if (page != shown) {
            Set<String> gone = new HashSet<>(shown.ids());
            page.ids().forEach(gone::remove);
            gone.forEach(id -> steps.addLast(new Step.Gone(id)));
            entered = new HashSet<>(page.ids());
            shown.ids().forEach(entered::remove);
        }
        Deque<FleetLog.ServerChange> changes = new ArrayDeque<>();
        cursor = log.readInto(changes, page.ids(), entered, cursor);
        for (FleetLog.ServerChange change : changes) {
            if (change.fields() != 0) {
                steps.addLast(new Step.Changed(change));
            }
        }
        if (page != shown) {
            steps.addLast(new Step.Ordered(page));
            shown = page;
        }
    }
}
