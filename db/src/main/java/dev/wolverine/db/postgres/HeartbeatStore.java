package dev.wolverine.db.postgres;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatDigest;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.QuarantinedBeat;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches of log entries, each in one transaction: beats, snapshots, server states, what
 * follows from them, quarantine and the row of `commits` that everything behind follows. A batch
 * may be written again after a lost answer: what is there already is a duplicate.
 *
 * <p>For one thread: each writer has a store, and a connection with its temporary tables, of its
 * own. After a failure the connection is given up and the next batch opens another.
 */
public final class HeartbeatStore implements AutoCloseable {

    private static final Comparator<InsertHeartbeats.Row> BY_ROW =
            Comparator.comparingInt(InsertHeartbeats.Row::serverId)
                    .thenComparing(row -> row.heartbeat().timestamp());

    private static final Comparator<Entry> BY_KEY = Comparator.comparing(Entry::row, BY_ROW);

    private final DataSource writer;
    private final Partitions partitions;
    private final Clock clock;
    private final ServerIds serverIds;
    private final InsertHeartbeats insertHeartbeats = new InsertHeartbeats();
    private final InsertSnapshots insertSnapshots;
    private final InsertQuarantine insertQuarantine;
    private final UpsertServerStates upsertServerStates = new UpsertServerStates();
    private final ServerLedgers ledgers;
    private @Nullable Connection connection;

    /**
     * @param writer connections with the role `wolverine_writer`
     * @param maxCachedServers servers whose id, and snapshots of which, are remembered: a few
     *     hundred bytes each
     */
    public HeartbeatStore(
            DataSource writer,
            Partitions partitions,
            Clock clock,
            int maxCachedServers,
            QuarantineLimit quarantine,
            UsageLimits usage,
            MeterRegistry meters) {
        this.writer = writer;
        this.partitions = partitions;
        this.clock = clock;
        serverIds = new ServerIds(maxCachedServers);
        insertSnapshots = new InsertSnapshots(maxCachedServers);
        insertQuarantine = new InsertQuarantine(quarantine);
        ledgers = new ServerLedgers(maxCachedServers, usage, meters);
    }

    /**
     * Makes all entries durable, or none.
     *
     * @throws StorageException.RejectedData if one of them cannot be stored: nothing is, and a
     *     smaller batch may be
     * @throws StorageException.Unavailable if the storage is away, or its answer was lost: the same
     *     batch may be tried again
     */
    public CommittedBatch write(List<? extends LogEntry> entries) {
        partitions.ensure(days(entries));
        try {
            Connection session = session();
            Attempt attempt = new Attempt(session, entries);
            attempt.execute();
            session.commit();
            return attempt.committed();
        } catch (SQLException e) {
            close();
            throw SqlFailure.of("writing " + entries.size() + " heartbeats", e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        Connection session = connection;
        connection = null;
        if (session != null) {
            abandon(session);
        }
    }

    private Connection session() throws SQLException {
        if (connection == null) {
            Connection opened = writer.getConnection();
            try (Statement statement = opened.createStatement()) {
                statement.execute("SET client_min_messages = warning");
                statement.execute(InsertHeartbeats.STAGING);
                statement.execute(InsertSnapshots.STAGING);
                statement.execute(UpsertServerStates.STAGING);
                for (String staging : ServerLedgers.staging()) {
                    statement.execute(staging);
                }
                opened.setAutoCommit(false);
            } catch (SQLException e) {
                abandon(opened);
                throw e;
            }
            connection = opened;
        }
        return connection;
    }

    private static void abandon(Connection session) {
        try (session) {
            session.rollback();
        } catch (SQLException _) {
            // The connection is broken: the server has rolled back, or will.
        }
    }

    private static Set<LocalDate> days(List<? extends LogEntry> entries) {
        Set<LocalDate> days = new HashSet<>();
        for (LogEntry entry : entries) {
            if (entry instanceof Heartbeat heartbeat) {
                days.add(InsertSnapshots.day(heartbeat));
            }
        }
        return days;
    }

    /** A heartbeat with its place in the batch. */
    private record Entry(int index, InsertHeartbeats.Row row) {}

    /** One transaction. Caches are only read until it is committed. */
    private final class Attempt {
        private final Connection session;
        private final List<? extends LogEntry> entries;
        private final AppendResult[] results;
        private final List<QuarantinedBeat> quarantined = new ArrayList<>();
        private final Instant now = clock.instant();
        private Map<Identity, Integer> ids = Map.of();
        private List<InsertHeartbeats.Row> changed = List.of();
        private List<Integer> servers = List.of();
        private final Map<InsertHeartbeats.Key, Heartbeat> replaced = new HashMap<>();
        private int conflictsDropped;
        private InsertSnapshots.Written snapshots = new InsertSnapshots.Written(List.of());
        private ServerLedgers.Update ledger = new ServerLedgers.Update();

        Attempt(Connection session, List<? extends LogEntry> entries) {
            this.session = session;
            this.entries = entries;
            results = new AppendResult[entries.size()];
        }

        void execute() throws SQLException {
            List<Entry> distinct = distinct(resolve());
            if (!distinct.isEmpty()) {
                changed = insert(distinct);
            }
            if (!changed.isEmpty()) {
                TreeMap<Integer, UpsertServerStates.Latest> latest = latest();
                Map<Integer, Long> revisions = upsertServerStates.execute(session, latest.values());
                snapshots = insertSnapshots.execute(session, changed);
                ledger = ledgers.execute(session, byServer(revisions));
                if (!ledger.instances().isEmpty()) {
                    UpdateInstances.execute(session, ledger.instances());
                }
                servers = List.copyOf(latest.keySet());
                InsertCommit.execute(
                        session,
                        servers,
                        firstTimestamp(),
                        changed.size(),
                        LateBeats.from(changed, ledger.lateFrom()));
            }
            if (!quarantined.isEmpty()) {
                Set<QuarantinedBeat> notKept = insertQuarantine.execute(session, quarantined);
                markNotKept(notKept);
            }
        }

        /** What is not among the entries lost a conflict. */
        private void markNotKept(Set<QuarantinedBeat> notKept) {
            conflictsDropped = notKept.size();
            for (int i = 0; i < results.length && !notKept.isEmpty(); i++) {
                if (entries.get(i) instanceof QuarantinedBeat beat && notKept.contains(beat)) {
                    results[i] = AppendResult.QUARANTINE_FULL;
                    conflictsDropped--;
                }
            }
        }

        CommittedBatch committed() {
            serverIds.remember(ids);
            insertSnapshots.remember(snapshots);
            ledgers.remember(ledger);
            return new CommittedBatch(
                    Arrays.asList(results), changed.size(), conflictsDropped, servers, now);
        }

        /**
         * The heartbeats with their servers' ids, sorted by key; everything else goes to quarantine
         * as it is.
         */
        private List<Entry> resolve() throws SQLException {
            Set<Identity> identities = new HashSet<>();
            for (LogEntry entry : entries) {
                if (entry instanceof Heartbeat) {
                    identities.add(entry.identity());
                }
            }
            ids = serverIds.resolve(session, identities, now);
            List<Entry> beats = new ArrayList<>(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                switch (entries.get(i)) {
                    case Heartbeat heartbeat ->
                            beats.add(
                                    new Entry(
                                            i,
                                            new InsertHeartbeats.Row(
                                                    id(heartbeat.identity()), heartbeat)));
                    case QuarantinedBeat beat -> {
                        quarantined.add(beat);
                        results[i] = AppendResult.QUARANTINED;
                    }
                }
            }
            beats.sort(BY_KEY);
            return beats;
        }

        private int id(Identity identity) {
            Integer id = ids.get(identity);
            if (id == null) {
                throw new IllegalStateException(
                        "server of " + identity + " was inserted and is not there");
            }
            return id;
        }

        /** One entry a key: of twins in the batch the first, of contradictions the greater. */
        private List<Entry> distinct(List<Entry> sorted) {
            List<Entry> distinct = new ArrayList<>(sorted.size());
            for (Entry entry : sorted) {
                Entry previous = distinct.isEmpty() ? null : distinct.getLast();
                if (previous == null || !previous.row.key().equals(entry.row.key())) {
                    distinct.add(entry);
                    continue;
                }
                int order =
                        HeartbeatDigest.of(entry.row.heartbeat())
                                .compareTo(HeartbeatDigest.of(previous.row.heartbeat()));
                if (order == 0) {
                    results[entry.index] = AppendResult.DUPLICATE;
                } else {
                    Entry loser = order > 0 ? previous : entry;
                    lose(loser.row.heartbeat(), loser.row.heartbeat().snapshot());
                    results[loser.index] = AppendResult.CONFLICT;
                    if (order > 0) {
                        distinct.set(distinct.size() - 1, entry);
                    }
                }
            }
            return distinct;
        }

        /**
         * Inserts, and settles with what was there before; returns the rows that are new or took
         * another's place.
         */
        private List<InsertHeartbeats.Row> insert(List<Entry> distinct) throws SQLException {
            Set<InsertHeartbeats.Key> inserted =
                    insertHeartbeats.execute(session, distinct.stream().map(Entry::row).toList());
            List<InsertHeartbeats.Row> rows = new ArrayList<>(distinct.size());
            Map<InsertHeartbeats.Key, Heartbeat> present = new HashMap<>();
            for (Entry entry : distinct) {
                if (inserted.contains(entry.row.key())) {
                    results[entry.index] = AppendResult.STORED;
                    rows.add(entry.row);
                } else {
                    present.put(entry.row.key(), entry.row.heartbeat());
                }
            }
            if (!present.isEmpty()) {
                Map<InsertHeartbeats.Key, Heartbeat> stored =
                        insertHeartbeats.stored(session, present);
                for (Entry entry : distinct) {
                    Heartbeat there = stored.get(entry.row.key());
                    if (there != null && settle(entry, there)) {
                        rows.add(entry.row);
                    }
                }
            }
            return rows;
        }

        /**
         * Whether the entry took the place of the stored beat. One that seems to win looks again
         * while it holds the row: another writer may have put a third there, or the same.
         */
        private boolean settle(Entry entry, Heartbeat seen) throws SQLException {
            Heartbeat sent = entry.row.heartbeat();
            HeartbeatDigest digest = HeartbeatDigest.of(sent);
            Heartbeat stored =
                    digest.compareTo(HeartbeatDigest.of(seen)) > 0
                            ? insertHeartbeats.lock(session, entry.row)
                            : seen;
            int order = digest.compareTo(HeartbeatDigest.of(stored));
            if (order == 0) {
                results[entry.index] = AppendResult.DUPLICATE;
                return false;
            }
            results[entry.index] = AppendResult.CONFLICT;
            if (order < 0) {
                lose(sent, sent.snapshot());
                return false;
            }
            byte[] snapshot = InsertSnapshots.select(session, entry.row.serverId(), stored);
            lose(stored, snapshot);
            replaced.put(entry.row.key(), stored.withSnapshot(snapshot));
            insertHeartbeats.replace(session, entry.row);
            return true;
        }

        private void lose(Heartbeat loser, byte[] snapshot) {
            quarantined.add(InsertQuarantine.conflict(loser, snapshot));
        }

        private TreeMap<Integer, UpsertServerStates.Latest> latest() {
            TreeMap<Integer, UpsertServerStates.Latest> latest = new TreeMap<>();
            for (InsertHeartbeats.Row row : changed) {
                latest.merge(
                        row.serverId(),
                        new UpsertServerStates.Latest(
                                row.serverId(), row.heartbeat(), row.heartbeat().receivedAt()),
                        HeartbeatStore::newer);
            }
            return latest;
        }

        private List<ChangedServer> byServer(Map<Integer, Long> revisions) {
            TreeMap<Integer, List<InsertHeartbeats.Row>> rows = new TreeMap<>();
            changed.stream()
                    .sorted(BY_ROW)
                    .forEach(row ->
                            rows.computeIfAbsent(row.serverId(), _ -> new ArrayList<>()).add(row));
            List<ChangedServer> servers = new ArrayList<>(rows.size());
            rows.forEach((serverId, beats) -> {
                Map<Instant, Heartbeat> was = new HashMap<>();
                for (InsertHeartbeats.Row row : beats) {
                    Heartbeat former = replaced.get(row.key());
                    if (former != null) {
                        was.put(former.timestamp(), former);
                    }
                }
                Long revision = revisions.get(serverId);
                if (revision == null) {
                    throw new IllegalStateException("server " + serverId + " has no state");
                }
                servers.add(
                        new ChangedServer(
                                serverId,
                                beats.getFirst().heartbeat().identity(),
                                revision,
                                beats.stream().map(InsertHeartbeats.Row::heartbeat).toList(),
                                was));
            });
            return servers;
        }

        private Instant firstTimestamp() {
            Instant first = Instant.MAX;
            for (InsertHeartbeats.Row row : changed) {
                Instant timestamp = row.heartbeat().timestamp();
                first = timestamp.isBefore(first) ? timestamp : first;
            }
            return first;
        }
    }

    private static UpsertServerStates.Latest newer(
            UpsertServerStates.Latest a, UpsertServerStates.Latest b) {
        Heartbeat heartbeat =
                a.heartbeat().timestamp().isAfter(b.heartbeat().timestamp())
                        ? a.heartbeat()
                        : b.heartbeat();
        Instant lastSeen = a.lastSeen().isAfter(b.lastSeen()) ? a.lastSeen() : b.lastSeen();
        return new UpsertServerStates.Latest(a.serverId(), heartbeat, lastSeen);
    }
}
