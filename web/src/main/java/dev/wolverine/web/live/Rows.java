package dev.wolverine.web.live;

import dev.wolverine.query.ServerView;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The servers that a subscription shows: what is there, then what changes. For one socket, on its
 * event loop.
 */
interface Rows {

    /** What is there now; changes are those from here on. Empty if that is not known yet. */
    Optional<Beginning> begin();

    /** Adds what changed since the last call, or since the beginning. */
    void changesInto(Deque<Step> steps);

    /**
     * @param number of the last change that it holds
     * @param order where it is of importance
     */
    record Beginning(long number, List<ServerView> servers, FleetFeed.@Nullable Page order) {}

    /** One change. */
    sealed interface Step {

        /** A server that is shown has changed. */
        record Changed(FleetLog.ServerChange change) implements Step {}

        /** It is not shown any more; it may not have been before. */
        record Gone(String instanceId) implements Step {}

        /** From now on this is the order. */
        record Ordered(FleetFeed.Page order) implements Step {}
    }
}
