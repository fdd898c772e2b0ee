package dev.wolverine.web.live;

import dev.wolverine.query.FleetChange;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** What the live feed needs of {@link FleetIndex}. */
public interface FleetFeed {

    FleetIndex.Subscription subscribe(UUID organisationId, Consumer<FleetChange> listener);

    FleetIndex.Snapshot snapshot(UUID organisationId);

    /**
     * The servers of a window as they are now, in its order. Takes time with the size of the fleet.
     *
     * @throws IllegalArgumentException if the window cannot be, with a message for the client
     */
    Page page(UUID organisationId, Window window);

    /**
     * Looks at a window without the servers.
     *
     * @throws IllegalArgumentException as {@link #page}
     */
    void check(Window window);

    /** What decides whether a server is shown. */
    Marks marks(ServerView server);

    /**
     * A part of a sorted list of servers.
     *
     * @param tags all of which a server has to have
     * @param sort column, in the word of the API
     */
    record Window(Set<String> tags, String sort, boolean descending, int offset, int limit) {
        public Window {
            tags = Set.copyOf(tags);
        }
    }

    /**
     * @param ids in their order
     * @param total servers of which this is a part
     */
    record Page(List<String> ids, int total) {
        public Page {
            ids = List.copyOf(ids);
        }
    }

    /**
     * @param present not put away
     */
    record Marks(boolean present, Set<String> tags) {

        /** Of a server of which nobody has said anything. */
        public static final Marks NONE = new Marks(true, Set.of());

        public Marks {
            tags = Set.copyOf(tags);
        }

        boolean have(Set<String> wanted) {
            return present && tags.containsAll(wanted);
        }
    }
}
