package dev.wolverine.alerts.detect;

import dev.wolverine.alerts.crash.HealLoopRule;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.CommitRow;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.RepairRow;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.StoredBeats;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectDetectorStates;
import dev.wolverine.db.postgres.SelectLateServers;
import dev.wolverine.db.postgres.SelectPlatformAlive;
import dev.wolverine.db.postgres.SelectRecentBeats;
import dev.wolverine.db.postgres.SelectRecentRepairs;
import dev.wolverine.db.postgres.SelectServerStates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of all instances: loaded once, then fed by the commits, in their order. Beats that
 * this process stored itself are handed over by {@link #committed}; all others are read.
 *
 * <p>Every beat is taken in once, whatever was read ahead or stored late: what is not newer than
 * all that is known of its server is either handed over, or the server's history is built anew from
 * its stored beats.
 *
 * <p>For one thread, but for {@link #committed}. Blocking. After a failure, the same page may be
 * given again.
 */
public final class InstanceHistories {

    private static final Logger log = LoggerFactory.getLogger(InstanceHistories.class);

    /** How often a history is stored that changes with every beat. */
    static final Duration SAVED_EVERY = Duration.ofMinutes(15);

    private static final int MOST_SAVED = 2_000;
    private static final int READ_AT_ONCE = 1_000;
    private static final int BUILT_AT_ONCE = 20;
    private static final int REPAIRS_AT_ONCE = 5_000;
    private static final Duration REPAIRS_REACH = Duration.ofHours(26);
    private static final long ALIVE_ASKED_MILLIS = 5_000;
    private static final Instant BEGINNING = Instant.EPOCH;

    private final SelectDetectorStates selectStates;
    private final SelectServerStates selectServers;
    private final SelectLateServers selectLate;
    private final SelectRecentBeats selectBeats;
    private final SelectRecentRepairs selectRepairs;
    private final SelectPlatformAlive selectAlive;
    private final Lifetime lifetime = new Lifetime();
    private final OwnBeats own = new OwnBeats();
    private final Map<Integer, InstanceHistory> histories = new HashMap<>();
    private final Map<UUID, List<InstanceHistory>> byOrganisation = new HashMap<>();

    /** Transactions from here on are in no history of a server, if it is one of these. */
    private final Map<Integer, Long> readUntil = new HashMap<>();

    /** What has changed since it was written, in about the order of that. */
    private final Set<InstanceHistory> unsaved = new LinkedHashSet<>();

    private long allReadUntil;
    private long aliveAsked;
    private boolean isLoaded;

    /**
     * @param writer connections with the role `wolverine_writer`
     */
    public InstanceHistories(DataSource writer) {
        selectStates = new SelectDetectorStates(writer);
        selectServers = new SelectServerStates(writer);
        selectLate = new SelectLateServers(writer);
        selectBeats = new SelectRecentBeats(writer);
        selectRepairs = new SelectRecentRepairs(writer);
        selectAlive = new SelectPlatformAlive(writer);
    }

    /** A server that has new beats. */
    public record Touched(UUID organisation, int serverId) {}

    /** Takes a stored beat of the past, in an empty memory that is not brought up to date. */
    public void replay(UUID organisation, int serverId, Heartbeat beat) {
        InstanceHistory history = histories.get(serverId);
        if (history == null) {
            history = new InstanceHistory(serverId, organisation);
            keep(history);
        }
        history.add(beat);
        replayAlive(beat.receivedAt());
    }

    /** Lets time pass in it. */
    public void replayAlive(Instant at) {
        lifetime.alive(at.toEpochMilli());
    }

    /** This process stored a batch. Returns at once; thread-safe. */
    public void committed(CommittedBatch batch) {
        own.add(batch);
    }

    /**
     * Brings the memory to what is stored now: from the saved states and the beats since, and where
     * that is not possible, from the beats alone. Whoever follows the commits from a cursor that
     * was saved with the states, or a later one, misses nothing.
     */
    public void load(Instant now) {
        histories.clear();
        byOrganisation.clear();
        readUntil.clear();
        unsaved.clear();
        isLoaded = false;
        Map<Integer, Long> covers = new HashMap<>();
        long[] oldest = {Long.MAX_VALUE};
        selectStates.all((state, isYoung) -> {
            InstanceHistory history = ofState(state);
            keep(history);
            history.saved(spread(state.serverId(), now));
            if (isYoung) {
                covers.put(state.serverId(), state.covers());
                oldest[0] = Math.min(oldest[0], state.covers());
            }
        });
        int loaded = histories.size();
        Map<Integer, Long> late = covers.isEmpty() ? Map.of() : selectLate.since(oldest[0]);
        List<Integer> behind = new ArrayList<>();
        List<Integer> unknown = new ArrayList<>();
        List<Integer> repaired = new ArrayList<>();
        selectServers.all(state -> {
            int serverId = state.serverId();
            InstanceHistory history = histories.get(serverId);
            Long covered = covers.get(serverId);
            boolean hasNew =
                    history == null
                            || state.lastSeen().toEpochMilli() > history.seenMillis()
                            || late.containsKey(serverId);
            if (history == null
                    || hasNew && covered == null
                    || covered != null && late.getOrDefault(serverId, -1L) >= covered) {
                unknown.add(serverId);
                keep(new InstanceHistory(serverId, state.organisationId()));
            } else if (hasNew) {
                behind.add(serverId);
            }
            restate(state);
            if (state.repairs() > 0) {
                repaired.add(serverId);
            }
        });
        read(behind);
        build(unknown);
        readRepairs(repaired, now);
        allReadUntil = readUntil.values().stream().mapToLong(Long::longValue).max().orElse(0);
        readUntil.clear();
        isLoaded = true;
        lifetime.alive(now.toEpochMilli());
        log.info(
                "{} histories loaded, {} of them brought up to date, {} built from beats",
                loaded,
                behind.size(),
                unknown.size());
    }

    /** So that not all are written again at once. */
    private static long spread(int serverId, Instant now) {
        return now.toEpochMilli() - Math.floorMod(serverId * 7_919L, SAVED_EVERY.toMillis());
    }

    private static InstanceHistory ofState(DetectorState state) {
        try {
            return InstanceHistory.ofBytes(state.serverId(), state.organisationId(), state.state());
        } catch (IllegalArgumentException e) {
            log.warn(
                    "the stored history of server {} cannot be read, and begins anew: {}",
                    state.serverId(),
                    e.getMessage());
            return new InstanceHistory(state.serverId(), state.organisationId());
        }
    }

    private void keep(InstanceHistory history) {
        InstanceHistory former = histories.put(history.serverId(), history);
        List<InstanceHistory> ofOrganisation =
                byOrganisation.computeIfAbsent(history.organisation(), _ -> new ArrayList<>());
        if (former == null) {
            ofOrganisation.add(history);
        } else {
            unsaved.remove(former);
            ofOrganisation.replaceAll(each -> each == former ? history : each);
        }
    }

    private void restate(ServerState state) {
        InstanceHistory history = histories.get(state.serverId());
        if (history != null) {
            history.restate(state);
        }
    }

    /**
     * Takes in a page of commits; call it with an empty one too, so that it is known how long the
     * platform lives.
     *
     * @return the servers that have new beats, each once
     */
    public List<Touched> follow(SelectCommits.Page page, Instant now) {
        Map<Integer, List<Heartbeat>> handed = new LinkedHashMap<>();
        Set<Integer> behind = new LinkedHashSet<>();
        Set<Integer> unknown = new LinkedHashSet<>();
        for (CommitRow commit : page.commits()) {
            List<StoredBeats> stored = own.take(commit.transaction());
            if (stored == null) {
                commit.serverIds().forEach(serverId -> sort(serverId, commit, behind, unknown));
                continue;
            }
            for (StoredBeats beats : stored) {
                int serverId = beats.serverId();
                if (!histories.containsKey(serverId)
                        || beats.isRewritten()
                        || commit.transaction() < readUntil(serverId)) {
                    sort(serverId, commit, behind, unknown);
                    if (beats.isRewritten()) {
                        unknown.add(serverId);
                    }
                } else {
                    handed.computeIfAbsent(serverId, _ -> new ArrayList<>()).addAll(beats.beats());
                }
            }
        }
        behind.removeAll(unknown);
        Set<Integer> repaired = new HashSet<>();
        handed.forEach((serverId, beats) -> {
            InstanceHistory history = histories.get(serverId);
            if (history != null && !behind.contains(serverId) && !unknown.contains(serverId)) {
                long before = repairs(history);
                boolean isLate = addAll(history, beats);
                if (repairs(history) > 0 && (isLate || repairs(history) != before)) {
                    repaired.add(serverId);
                }
            }
        });
        Set<Integer> toRestate = new LinkedHashSet<>(behind);
        toRestate.addAll(unknown);
        readStates(toRestate);
        read(behind);
        build(unknown);
        for (int serverId : toRestate) {
            InstanceHistory history = histories.get(serverId);
            if (history != null && repairs(history) > 0) {
                repaired.add(serverId);
            }
        }
        readRepairs(repaired, now);
        own.dropBefore(page.cursor());
        readUntil.values().removeIf(until -> until <= page.cursor());
        live(now);
        Set<Integer> touched = new LinkedHashSet<>(handed.keySet());
        touched.addAll(toRestate);
        return touched.stream()
                .map(histories::get)
                .filter(history -> history != null)
                .map(history -> new Touched(history.organisation(), history.serverId()))
                .toList();
    }

    /** A server of which beats are to be read: those that are newer, or all. */
    private void sort(int serverId, CommitRow commit, Set<Integer> behind, Set<Integer> unknown) {
        InstanceHistory history = histories.get(serverId);
        Instant late = commit.lateFrom().get(serverId);
        if (history == null || late != null && late.toEpochMilli() <= history.newestMillis()) {
            unknown.add(serverId);
        } else {
            behind.add(serverId);
        }
    }

    private long readUntil(int serverId) {
        return Math.max(allReadUntil, readUntil.getOrDefault(serverId, 0L));
    }

    /** Returns whether one of them is older than what was there. */
    private boolean addAll(InstanceHistory history, List<Heartbeat> beats) {
        boolean isLate = false;
        unsaved.add(history);
        for (Heartbeat beat : beats) {
            isLate |= beat.timestamp().toEpochMilli() <= history.newestMillis();
            history.add(beat);
        }
        return isLate;
    }

    private static long repairs(InstanceHistory history) {
        Counters counters = history.counters();
        return counters == null ? 0 : counters.repairs();
    }

    private void readStates(Collection<Integer> serverIds) {
        for (List<Integer> part : parts(serverIds, READ_AT_ONCE)) {
            selectServers.of(
                    part,
                    state -> {
                        if (!histories.containsKey(state.serverId())) {
                            keep(new InstanceHistory(state.serverId(), state.organisationId()));
                        }
                        restate(state);
                    });
        }
    }

    /** Adds the beats that are newer than those that are known. */
    private void read(Collection<Integer> serverIds) {
        for (List<Integer> part : parts(serverIds, READ_AT_ONCE)) {
            List<SelectRecentBeats.Wanted> wanted = new ArrayList<>(part.size());
            for (int serverId : part) {
                InstanceHistory history = histories.get(serverId);
                if (history != null) {
                    wanted.add(wanted(history, history.newestMillis()));
                }
            }
            take(selectBeats.execute(wanted));
        }
    }

    /** Builds histories anew. */
    private void build(Collection<Integer> serverIds) {
        for (List<Integer> part : parts(serverIds, BUILT_AT_ONCE)) {
            List<SelectRecentBeats.Wanted> wanted = new ArrayList<>(part.size());
            List<ServerState> states = new ArrayList<>(part.size());
            selectServers.of(part, states::add);
            for (ServerState state : states) {
                InstanceHistory anew =
                        new InstanceHistory(state.serverId(), state.organisationId());
                keep(anew);
                anew.restate(state);
                wanted.add(
                        wanted(
                                anew,
                                state.timestamp().toEpochMilli() - InstanceHistory.REACH_MILLIS));
            }
            take(selectBeats.execute(wanted));
        }
    }

    /** What is known of the newest snapshot need not be read, but for what no state keeps. */
    private SelectRecentBeats.Wanted wanted(InstanceHistory history, long afterMillis) {
        Counters counters = history.counters();
        return new SelectRecentBeats.Wanted(
                history.serverId(),
                afterMillis == Long.MIN_VALUE ? BEGINNING : Instant.ofEpochMilli(afterMillis),
                counters == null || isLoaded && !counters.isWhole() ? 0 : counters.hash());
    }

    private void take(SelectRecentBeats.Reading reading) {
        reading.beats()
                .forEach((serverId, beats) -> {
                    InstanceHistory history = histories.get(serverId);
                    if (history != null) {
                        beats.sort(Comparator.comparing(Heartbeat::receivedAt));
                        addAll(history, beats);
                    }
                    readUntil.merge(serverId, reading.until(), Math::max);
                });
    }

    private void readRepairs(Collection<Integer> serverIds, Instant now) {
        for (List<Integer> part : parts(serverIds, REPAIRS_AT_ONCE)) {
            Map<Integer, List<RepairRow>> repairs =
                    selectRepairs.execute(part, now.minus(REPAIRS_REACH));
            for (int serverId : part) {
                InstanceHistory history = histories.get(serverId);
                if (history != null) {
                    history.remember(
                            repairs.getOrDefault(serverId, List.of()).stream()
                                    .map(InstanceHistories::repairs)
                                    .toList());
                }
            }
        }
    }

    private static HealLoopRule.Repairs repairs(RepairRow row) {
        return new HealLoopRule.Repairs(
                row.timestamp().getEpochSecond(),
                row.error(),
                Math.clamp(row.count(), 0, 1_000_000),
                Math.clamp(row.successes(), 0, 1_000_000),
                row.costMicros());
    }

    private void live(Instant now) {
        long millis = now.toEpochMilli();
        if (millis >= aliveAsked && millis - aliveAsked < ALIVE_ASKED_MILLIS) {
            return;
        }
        aliveAsked = millis;
        if (selectAlive.execute()) {
            lifetime.alive(millis);
        }
    }

    /**
     * States to be written in the transaction that moves the cursor to there; at most two thousand.
     *
     * @param cursor of the page that was followed last
     */
    public List<DetectorState> toSave(long cursor, Instant now) {
        long due = now.minus(SAVED_EVERY).toEpochMilli();
        List<DetectorState> states = new ArrayList<>();
        for (InstanceHistory history : unsaved) {
            if (history.savedMillis() > due || states.size() == MOST_SAVED) {
                break;
            }
            states.add(
                    new DetectorState(
                            history.serverId(), history.organisation(), cursor, history.toBytes()));
        }
        return states;
    }

    /** These were committed. */
    public void saved(List<DetectorState> states, Instant now) {
        for (DetectorState state : states) {
            InstanceHistory history = histories.get(state.serverId());
            if (history != null) {
                history.saved(now.toEpochMilli());
                unsaved.remove(history);
            }
        }
    }

    @Nullable InstanceHistory of(UUID organisation, int serverId) {
        InstanceHistory history = histories.get(serverId);
        return history == null || !history.organisation().equals(organisation) ? null : history;
    }

    List<InstanceHistory> of(UUID organisation) {
        return byOrganisation.getOrDefault(organisation, List.of());
    }

    Lifetime lifetime() {
        return lifetime;
    }

    private static List<List<Integer>> parts(Collection<Integer> all, int size) {
        List<Integer> list = List.copyOf(all);
        List<List<Integer>> parts = new ArrayList<>();
        for (int start = 0; start < list.size(); start += size) {
            parts.add(list.subList(start, Math.min(list.size(), start + size)));
        }
        return parts;
    }
}
