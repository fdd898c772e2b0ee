package dev.wolverine.query;

import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LatestBeat;
import dev.wolverine.db.model.ServerMarks;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.StatusBegin;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fleet in memory: the newest view of every server, fed by {@link FleetFollower}.
 *
 * <p>Thread-safe; answers never touch the database. One thread writes, and calls the subscribers.
 */
public final class FleetIndex {

    private final StatusRule rule;
    private final Clock clock;
    private final Map<UUID, Fleet> fleets = new ConcurrentHashMap<>();
    private final List<Consumer<FleetChange>> listeners = new CopyOnWriteArrayList<>();

    public FleetIndex(StatusRule rule, Clock clock) {
        this.rule = rule;
        this.clock = clock;
    }

    public FleetPage page(UUID organisationId, FleetQuery query) {
        return fleet(organisationId).page(query);
    }

    /** Those that the filter lets through, in the order of a column. */
    public List<ServerView> sorted(
            UUID organisationId, FleetFilter filter, FleetSort sort, boolean descending) {
        return fleet(organisationId).sorted(filter, sort, descending);
    }

    /**
     * The servers with the greatest numbers in a column; without those that did not send it.
     *
     * @param n 1 to 1,000
     */
    public List<ServerView> top(UUID organisationId, FleetSort by, int n) {
        return fleet(organisationId).top(by, n);
    }

    /** A byte a server, the ordinal of its {@link Status}, in the order of names. */
    public byte[] heatmap(UUID organisationId) {
        return fleet(organisationId).heatmap();
    }

    /** How many servers have each tag. */
    public SortedMap<String, Integer> tags(UUID organisationId) {
        SortedMap<String, Integer> tags = new TreeMap<>();
        for (ServerView view : fleet(organisationId).all()) {
            view.marks().tags().forEach(tag -> tags.merge(tag, 1, Integer::sum));
        }
        return tags;
    }

    /** Servers of an organisation by status, every status named; without what was put away. */
    public Map<Status, Integer> counts(UUID organisationId) {
        return fleet(organisationId).counts();
    }

    public Optional<ServerView> find(UUID organisationId, String instanceId) {
        return Optional.ofNullable(fleet(organisationId).find(instanceId));
    }

    /** Number of an organisation's newest change; 0 before the first. */
    public long sequence(UUID organisationId) {
        return fleet(organisationId).sequence();
    }

    /**
     * Every server of an organisation with the sequence of the last change that it surely holds.
     */
    public Snapshot snapshot(UUID organisationId) {
        Fleet fleet = fleet(organisationId);
        long sequence = fleet.sequence();
        return new Snapshot(sequence, List.copyOf(fleet.all()));
    }

    /**
     * Calls the listener after each change of an organisation, in order, on the index's own thread:
     * it must hand the work over at once.
     */
    public Subscription subscribe(UUID organisationId, Consumer<FleetChange> listener) {
        Fleet fleet = fleet(organisationId);
        fleet.listeners().add(listener);
        return () -> fleet.listeners().remove(listener);
    }

    /** The same for the changes of all organisations. */
    public Subscription subscribeAll(Consumer<FleetChange> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Organisations that have, or had, a server. */
    public Set<UUID> organisations() {
        return Set.copyOf(fleets.keySet());
    }

    /** The newest state of every server of every organisation. */
    public List<ServerState> states() {
        List<ServerState> states = new ArrayList<>();
        for (Fleet fleet : fleets.values()) {
            fleet.all().forEach(view -> states.add(view.state()));
        }
        return states;
    }

    /**
     * Takes in what commits made known, at most one of a server, and tells the subscribers; returns
     * those of servers that are not in the index. For the same thread as {@link #apply}.
     */
    List<LatestBeat> applyBeats(Collection<LatestBeat> beats) {
        Instant now = clock.instant();
        List<LatestBeat> unknown = new ArrayList<>();
        Map<UUID, List<ServerView>> changed = new HashMap<>();
        for (LatestBeat beat : beats) {
            Identity identity = beat.heartbeat().identity();
            Fleet fleet = fleet(identity.organisationId());
            ServerView before = fleet.find(identity.instanceId());
            if (before == null) {
                unknown.add(beat);
            } else {
                put(fleet, view(before.state().after(beat), before, now), changed);
            }
        }
        changed.forEach((organisation, views) -> publish(organisation, true, views));
        return unknown;
    }

    /**
     * Takes in new states of servers as people see them, and tells the subscribers. For one thread.
     */
    void apply(Collection<ServerState> states, Map<Integer, ServerMarks> marks) {
        apply(states, marks, Map.of());
    }

    /**
     * The same for the whole fleet at first, when only the log knows since when a server is as it
     * is.
     */
    void apply(
            Collection<ServerState> states,
            Map<Integer, ServerMarks> marks,
            Map<Integer, StatusBegin> begins) {
        Instant now = clock.instant();
        Map<UUID, List<ServerView>> changed = new HashMap<>();
        for (ServerState state : states) {
            Fleet fleet = fleet(state.organisationId());
            ServerView view = view(state, fleet.find(state.instanceId()), now);
            StatusBegin begin = begins.get(state.serverId());
            put(
                    fleet,
                    (begin == null ? view : since(view, begin))
                            .marked(marks.getOrDefault(state.serverId(), ServerMarks.NONE)),
                    changed);
        }
        changed.forEach((organisation, views) -> publish(organisation, true, views));
    }

    private static void put(Fleet fleet, ServerView view, Map<UUID, List<ServerView>> changed) {
        fleet.put(view);
        changed.computeIfAbsent(view.state().organisationId(), _ -> new ArrayList<>()).add(view);
    }

    /** The log is of what beats told: of a silence it may not know yet. */
    private static ServerView since(ServerView view, StatusBegin begin) {
        return Status.ofLogged(begin.status()) == view.status()
                        && begin.since().isBefore(view.since())
                ? view.since(begin.since())
                : view;
    }

    /**
     * Judges every server anew, since silence changes a status without a beat. For the same thread.
     */
    void sweep() {
        Instant now = clock.instant();
        fleets.forEach((organisation, fleet) -> {
            List<ServerView> changed = new ArrayList<>();
            for (ServerView before : fleet.all()) {
                ServerView view = view(before.state(), before, now);
                if (view.status() != before.status() || !view.reason().equals(before.reason())) {
                    fleet.put(view);
                    changed.add(view);
                }
            }
            if (!changed.isEmpty()) {
                publish(organisation, false, changed);
            }
        });
    }

    private ServerView view(ServerState state, @Nullable ServerView before, Instant now) {
        if (before == null) {
            return view(state, Rhythm.STOCK, ClockSkew.of(state), ServerMarks.NONE, now);
        }
        ServerView view =
                view(
                        state,
                        before.rhythm().next(before.state(), state),
                        before.clock().next(state),
                        before.marks(),
                        now);
        return before.status() == view.status() ? view.since(before.since()) : view;
    }

    private ServerView view(
            ServerState state, Rhythm rhythm, ClockSkew skew, ServerMarks marks, Instant now) {
        StatusRule.Verdict verdict = rule.judge(state, rhythm, now);
        return new ServerView(
                state, verdict.status(), verdict.since(), verdict.reason(), skew, rhythm, marks);
    }

    private void publish(UUID organisation, boolean heartbeat, List<ServerView> views) {
        Fleet fleet = fleet(organisation);
        FleetChange change =
                new FleetChange(organisation, fleet.next(), heartbeat, List.copyOf(views));
        fleet.listeners().forEach(listener -> listener.accept(change));
        listeners.forEach(listener -> listener.accept(change));
    }

    private Fleet fleet(UUID organisationId) {
        return fleets.computeIfAbsent(organisationId, _ -> new Fleet());
    }

    /** The views after change number {@code sequence}, or later. */
    public record Snapshot(long sequence, List<ServerView> servers) {}

    /** Ends a subscription; more than once does no harm. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
