package dev.wolverine.query;

import dev.wolverine.db.model.ServerState;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Columns by which a fleet is sorted: each as a number that orders as the column does. Ties are by
 * name, then id. A number that a server did not send is the least.
 */
public enum FleetSort {
    /** Worst first. */
    STATUS("status", view -> view.status().ordinal()),
    /** In any case. The order is kept, see {@link NameOrder}. */
    NAME("name", view -> 0),
    /** By number: 1.10 is behind 1.9. The number is made for each question. */
    VERSION("version", view -> 0),
    SINCE("since", view -> view.since().toEpochMilli()),
    FIRST_SEEN("firstSeen", view -> view.state().firstSeen().toEpochMilli()),
    LAST_SEEN("lastSeen", view -> view.state().lastSeen().toEpochMilli()),
    UPTIME("uptime", state(ServerState::uptimeSeconds)),
    MEMORY("memory", state(ServerState::memoryMb)),
    PEAK_MEMORY("peakMemory", state(ServerState::peakMemoryMb)),
    CPU("cpu", state(ServerState::cpuCentiPercent)),
    /** Routes that fail. */
    ROUTES("routes", state(ServerState::unhealthyRoutes)),
    SLOWEST("slowest", state(ServerState::slowestRouteMicros)),
    REPAIRS("repairs", state(ServerState::repairs)),
    FAILED_REPAIRS("failedRepairs", state(ServerState::repairFailures)),
    COST("cost", state(ServerState::costMicros)),
    TOKENS("tokens", state(ServerState::tokens)),
    CALLS("calls", state(ServerState::calls)),
    MEMORIES("memories", state(ServerState::memories)),
    BACKUPS("backups", state(ServerState::backups)),
    INSTANCES("instances", state(ServerState::instances));

    private final String label;
    private final ToLongFunction<ServerView> key;

    FleetSort(String label, ToLongFunction<ServerView> key) {
        this.label = label;
        this.key = key;
    }

    /** The word of the API. */
    public String label() {
        return label;
    }

    long key(ServerView view) {
        return key.applyAsLong(view);
    }

    public static Optional<FleetSort> ofLabel(String label) {
        return Arrays.stream(values()).filter(sort -> sort.label.equals(label)).findFirst();
    }

    /** For messages. */
    public static String labels() {
        return Arrays.stream(values()).map(FleetSort::label).collect(Collectors.joining(", "));
    }

    private static ToLongFunction<ServerView> state(ToLongFunction<ServerState> number) {
        return view -> number.applyAsLong(view.state());
    }
}
