package dev.wolverine.query;

import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LatestBeat;
import dev.wolverine.db.model.ServerState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static final Comparator<ServerView> BY_NAME =
            Comparator.comparing((ServerView view) ->
                            orEmpty(view.state().name()).toLowerCase(Locale.ROOT))
                    .thenComparing(view -> view.state().instanceId());

    private final StatusRule rule;
    private final Clock clock;
    private final Map<UUID, Fleet> fleets = new ConcurrentHashMap<>();
    private final List<Consumer<FleetChange>> listeners = new CopyOnWriteArrayList<>();

    public FleetIndex(StatusRule rule, Clock clock) {
        this.rule = rule;
        this.clock = clock;
    }

    public FleetPage page(UUID organisationId, FleetQuery query) {
        Map<Status, Integer> counts = noCounts();
        List<ServerView> matching = new ArrayList<>();
        String text = query.text().toLowerCase(Locale.ROOT);
        for (ServerView view : fleet(organisationId).servers.values()) {
            counts.merge(view.status(), 1, Integer::sum);
            if ((query.statuses().isEmpty() || query.statuses().contains(view.status()))
                    && contains(view, text)) {
                matching.add(view);
            }
        }
        matching.sort(order(query));
        int from = Math.min(query.offset(), matching.size());
        int to = Math.min(from + query.limit(), matching.size());
        return new FleetPage(matching.subList(from, to), matching.size(), counts);
    }

    /** Servers of an organisation by status, every status named. */
    public Map<Status, Integer> counts(UUID organisationId) {
        Map<Status, Integer> counts = noCounts();
        for (ServerView view : fleet(organisationId).servers.values()) {
            counts.merge(view.status(), 1, Integer::sum);
        }
        return counts;
    }

    public Optional<ServerView> find(UUID organisationId, String instanceId) {
        return Optional.ofNullable(fleet(organisationId).servers.get(instanceId));
    }

    /** Number of an organisation's newest change; 0 before the first. */
    public long sequence(UUID organisationId) {
        return fleet(organisationId).sequence;
    }

    /**
     * Every server of an organisation with the sequence of the last change that it surely holds.
     */
    public Snapshot snapshot(UUID organisationId) {
        Fleet fleet = fleet(organisationId);
        long sequence = fleet.sequence;
        return new Snapshot(sequence, List.copyOf(fleet.servers.values()));
    }

    /**
     * Calls the listener after each change of an organisation, in order, on the index's own thread:
     * it must hand the work over at once.
     */
    public Subscription subscribe(UUID organisationId, Consumer<FleetChange> listener) {
        Fleet fleet = fleet(organisationId);
        fleet.listeners.add(listener);
        return () -> fleet.listeners.remove(listener);
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
            fleet.servers.values().forEach(view -> states.add(view.state()));
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
            ServerView before = fleet.servers.get(identity.instanceId());
            if (before == null) {
                unknown.add(beat);
            } else {
                put(fleet, view(before.state().after(beat), before, now), changed);
            }
        }
        changed.forEach((organisation, views) -> publish(organisation, true, views));
        return unknown;
    }

    /** Takes in new states and tells the subscribers. For one thread. */
    void apply(Collection<ServerState> states) {
        Instant now = clock.instant();
        Map<UUID, List<ServerView>> changed = new HashMap<>();
        for (ServerState state : states) {
            Fleet fleet = fleet(state.organisationId());
            put(fleet, view(state, fleet.servers.get(state.instanceId()), now), changed);
        }
        changed.forEach((organisation, views) -> publish(organisation, true, views));
    }

    private static void put(Fleet fleet, ServerView view, Map<UUID, List<ServerView>> changed) {
        fleet.servers.put(view.state().instanceId(), view);
        changed.computeIfAbsent(view.state().organisationId(), _ -> new ArrayList<>()).add(view);
    }

    /**
     * Judges every server anew, since silence changes a status without a beat. For the same thread.
     */
    void sweep() {
        Instant now = clock.instant();
        fleets.forEach((organisation, fleet) -> {
            List<ServerView> changed = new ArrayList<>();
            for (ServerView before : fleet.servers.values()) {
                ServerView view = view(before.state(), before, now);
                if (view.status() != before.status() || !view.reason().equals(before.reason())) {
                    fleet.servers.put(view.state().instanceId(), view);
                    changed.add(view);
                }
            }
            if (!changed.isEmpty()) {
                publish(organisation, false, changed);
            }
        });
    }

    private ServerView view(ServerState state, @Nullable ServerView before, Instant now) {
        StatusRule.Verdict verdict = rule.judge(state, now);
        Instant since =
                before != null && before.status() == verdict.status()
                        ? before.since()
                        : verdict.since();
        ClockSkew clock = before == null ? ClockSkew.of(state) : before.clock().next(state);
        return new ServerView(state, verdict.status(), since, verdict.reason(), clock);
    }

    private void publish(UUID organisation, boolean heartbeat, List<ServerView> views) {
        Fleet fleet = fleet(organisation);
        FleetChange change =
                new FleetChange(organisation, fleet.next(), heartbeat, List.copyOf(views));
        fleet.listeners.forEach(listener -> listener.accept(change));
        listeners.forEach(listener -> listener.accept(change));
    }

    private Fleet fleet(UUID organisationId) {
        return fleets.computeIfAbsent(organisationId, _ -> new Fleet());
    }

    private static Map<Status, Integer> noCounts() {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        for (Status status : Status.values()) {
            counts.put(status, 0);
        }
        return counts;
    }

    private static boolean contains(ServerView view, String text) {
        return text.isEmpty()
                || orEmpty(view.state().name()).toLowerCase(Locale.ROOT).contains(text)
                || view.state().instanceId().toLowerCase(Locale.ROOT).contains(text)
                || orEmpty(view.state().version()).toLowerCase(Locale.ROOT).contains(text)
                || view.status().label().contains(text);
    }

    private static Comparator<ServerView> order(FleetQuery query) {
        Comparator<ServerView> column =
                switch (query.sort()) {
                    case STATUS -> Comparator.comparing(ServerView::status);
                    case NAME ->
                            Comparator.comparing(
                                    view -> orEmpty(view.state().name()).toLowerCase(Locale.ROOT));
                    case VERSION -> Comparator.comparing(view -> orEmpty(view.state().version()));
                    case LAST_SEEN -> Comparator.comparing(view -> view.state().lastSeen());
                    case UPTIME -> Comparator.comparingInt(view -> view.state().uptimeSeconds());
                    case MEMORY -> Comparator.comparingInt(view -> view.state().memoryMb());
                    case CPU -> Comparator.comparingInt(view -> view.state().cpuCentiPercent());
                    case REPAIRS -> Comparator.comparingLong(view -> view.state().repairs());
                    case COST -> Comparator.comparingLong(view -> view.state().costMicros());
                    case TOKENS -> Comparator.comparingLong(view -> view.state().tokens());
                };
        return (query.descending() ? column.reversed() : column).thenComparing(BY_NAME);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** The views after change number {@code sequence}, or later. */
    public record Snapshot(long sequence, List<ServerView> servers) {}

    /** Ends a subscription; more than once does no harm. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Of one organisation. Views are replaced before the sequence rises: a snapshot is never older
     * than it says.
     */
    private static final class Fleet {
        private final Map<String, ServerView> servers = new ConcurrentHashMap<>();
        private final List<Consumer<FleetChange>> listeners = new CopyOnWriteArrayList<>();
        private volatile long sequence;

        /** Only the one writing thread counts. */
        @SuppressWarnings("NonAtomicVolatileUpdate")
        long next() {
            return ++sequence;
        }
    }
}
