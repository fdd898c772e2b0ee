package dev.wolverine.query;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The fleet in memory: the newest view of every server, kept up to date from the commits.
 *
 * <p>Thread-safe; answers never touch the database.
 */
public final class FleetIndex {

    public FleetPage page(UUID organisationId, FleetQuery query) {
        throw new UnsupportedOperationException("" + organisationId + query);
    }

    public Optional<ServerView> find(UUID organisationId, String instanceId) {
        throw new UnsupportedOperationException("" + organisationId + instanceId);
    }

    /** Every server of an organisation with the sequence of the last change that it holds. */
    public Snapshot snapshot(UUID organisationId) {
        throw new UnsupportedOperationException("" + organisationId);
    }

    /**
     * Calls the listener after each change of an organisation, in order, on the index's own thread:
     * it must hand the work over at once.
     */
    public Subscription subscribe(UUID organisationId, Consumer<FleetChange> listener) {
        throw new UnsupportedOperationException("" + organisationId + listener);
    }

    /** The views after change number {@code sequence}. */
    public record Snapshot(long sequence, List<ServerView> servers) {}

    /** Ends a subscription; more than once does no harm. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
