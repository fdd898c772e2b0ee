package dev.wolverine.web.live;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The windows that readers of one organisation look through, sorted once for all who look through
 * the same: at most once a second, only while somebody looks, and never on an event loop.
 *
 * <p>Thread-safe.
 */
final class FleetWindows {

    private static final Logger log = LoggerFactory.getLogger(FleetWindows.class);

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MAX_WINDOWS = 256;

    private final Function<FleetFeed.Window, FleetFeed.Page> sort;
    private final FleetLog changes;
    private final Executor sorting;
    private final LongSupplier nanoTime;
    private final Map<FleetFeed.Window, Slot> slots =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<FleetFeed.Window, Slot> eldest) {
                    return size() > MAX_WINDOWS;
                }
            };

    FleetWindows(
            Function<FleetFeed.Window, FleetFeed.Page> sort,
            FleetLog changes,
            Executor sorting,
            LongSupplier nanoTime) {
        this.sort = sort;
        this.changes = changes;
        this.sorting = sorting;
        this.nanoTime = nanoTime;
    }

    /**
     * What a window showed lately, and in a second shows anew; empty before it was first sorted.
     */
    synchronized Optional<FleetFeed.Page> latest(FleetFeed.Window window) {
        Slot slot = slots.computeIfAbsent(window, _ -> new Slot());
        if (!slot.running && slot.isDue(changes.newest(), nanoTime.getAsLong())) {
            slot.running = true;
            sorting.execute(() -> refresh(window, slot));
        }
        return Optional.ofNullable(slot.page);
    }

    private void refresh(FleetFeed.Window window, Slot slot) {
        long before = changes.newest();
        FleetFeed.Page page = null;
        try {
            page = sort.apply(window);
        } catch (RuntimeException e) {
            log.error("a window could not be sorted: {}", window, e);
        }
        synchronized (this) {
            slot.running = false;
            slot.sortedAt = nanoTime.getAsLong();
            if (page != null) {
                slot.number = before;
                // The same object as long as nothing changed: readers look at that first.
                slot.page = page.equals(slot.page) ? slot.page : page;
            }
        }
    }

    private static final class Slot {
        private FleetFeed.@Nullable Page page;
        private long number;
        private long sortedAt;
        private boolean running;

        boolean isDue(long newest, long now) {
            return page == null || (newest > number && now - sortedAt >= FRESH_NANOS);
        }
    }
}
