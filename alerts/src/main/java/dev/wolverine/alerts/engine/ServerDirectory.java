package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which servers there are, what rules choose them by, and their newest beats. For one thread. */
final class ServerDirectory {

    private static final Duration STALE = Duration.ofMinutes(10);

    private final SelectServerStates states;
    private final SelectServerTags tags;
    private final Map<Integer, Known> servers = new HashMap<>();
    private final Map<UUID, Set<Integer>> byOrganisation = new HashMap<>();
    private Map<Integer, Set<String>> tagged = Map.of();

    private long nowNanos;

    private record Known(ServerFacts facts, Sample newest, long readNanos) {}

    ServerDirectory(SelectServerStates states, SelectServerTags tags) {
        this.states = states;
        this.tags = tags;
    }

    /** Reads all of them. */
    void fill() {
        tagged = tags.all();
        servers.clear();
        byOrganisation.clear();
        states.all(this::put);
    }

    /**
     * Reads those that had beats: to know their newest values, or else only now and then, for names
     * and versions, which rarely change.
     */
    void refresh(Collection<Integer> serverIds, boolean newest, long nowNanos) {
        this.nowNanos = nowNanos;
        List<Integer> toRead =
                serverIds.stream()
                        .filter(id -> {
                            Known known = servers.get(id);
                            return newest
                                    || known == null
                                    || nowNanos - known.readNanos > STALE.toNanos();
                        })
                        .toList();
        if (!toRead.isEmpty()) {
            states.of(toRead, this::put);
        }
    }

    void refreshTags() {
        tagged = tags.all();
        servers.replaceAll((id, known) ->
                new Known(
                        known.facts.withTags(tagged.getOrDefault(id, Set.of())),
                        known.newest,
                        known.readNanos));
    }

    @Nullable ServerFacts facts(int serverId) {
        Known known = servers.get(serverId);
        return known == null ? null : known.facts;
    }

    @Nullable Sample newest(int serverId) {
        Known known = servers.get(serverId);
        return known == null ? null : known.newest;
    }

    List<ServerFacts> of(UUID organisationId) {
        List<ServerFacts> facts = new ArrayList<>();
        for (int id : byOrganisation.getOrDefault(organisationId, Set.of())) {
            ServerFacts known = facts(id);
            if (known != null) {
                facts.add(known);
            }
        }
        return facts;
    }

    int count(UUID organisationId) {
        return byOrganisation.getOrDefault(organisationId, Set.of()).size();
    }

    private void put(ServerState state) {
        Sample sample = Sample.of(state);
        String name = state.name() == null ? state.instanceId() : state.name();
        servers.put(
                state.serverId(),
                new Known(
                        new ServerFacts(
                                state.serverId(),
                                state.organisationId(),
                                state.instanceId(),
                                name,
                                sample.version(),
                                new TreeSet<>(tagged.getOrDefault(state.serverId(), Set.of()))),
                        sample,
                        nowNanos));
        byOrganisation
                .computeIfAbsent(state.organisationId(), _ -> new TreeSet<>())
                .add(state.serverId());
    }
}
