package dev.wolverine.db.postgres;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageException;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatDigest;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.LatestBeat;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.db.model.StoredBeats;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Other writers may claim the same servers at the same time: one of them is always first. */
    private static final int ATTEMPTS = 10;

    /** A writer of a machine that is cut off must not hold its lock for ever. */
    private static final String LIMITS =
            "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";

    private final DataSource writer;
    private final Partitions partitions;
    private final Clock clock;
    private final KnownServers knownServers;
    private final InsertHeartbeats insertHeartbeats = new InsertHeartbeats();
    private final InsertSnapshots insertSnapshots;
    private final InsertQuarantine insertQuarantine;
    private final UpsertServerStates upsertServerStates = new UpsertServerStates();
    private final ServerLedgers ledgers;
    private @Nullable Connection connection;

    /**
     * @param writer connections with the role `wolverine_writer`
     * @param maxCachedServers servers of which is remembered what the next beat is compared with:
     *     one to three kilobytes each
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
        insertSnapshots = new InsertSnapshots(maxCachedServers);
        knownServers = new KnownServers(maxCachedServers, meters);
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
        Map<Identity, ServerBeats> servers = byServer(entries);
        partitions.ensure(days(servers.values()));
        try {
            Connection session = session();
            for (int i = 0; i < ATTEMPTS; i++) {
                Attempt attempt = new Attempt(session, entries, servers);
                if (attempt.execute()) {
                    session.commit();
                    return attempt.committed();
                }
                session.rollback();
            }
            throw new SQLException(
                    "servers were claimed by another writer " + ATTEMPTS + " times", "40001");
        } catch (SQLException e) {
            knownServers.forget(servers.keySet());
            close();
            throw SqlFailure.of("writing " + entries.size() + " heartbeats", e);
        } catch (RuntimeException e) {
            knownServers.forget(servers.keySet());
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
                statement.execute(LIMITS);
                statement.execute(InsertHeartbeats.STAGING);
                statement.execute(InsertSnapshots.STAGING);
                statement.execute(UpsertServerStates.STAGING);
                for (String staging : ServerLedgers.staging()) {
                    statement.execute(staging);
                }
                knownServers.register(opened);
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

    private static Map<Identity, ServerBeats> byServer(List<? extends LogEntry> entries) {
        Map<Identity, ServerBeats> servers = HashMap.newHashMap(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Heartbeat beat) {
                servers.computeIfAbsent(beat.identity(), ServerBeats::new)
                        .entries()
                        .add(new ServerBeats.Entry(i, beat));
            }
        }
        return servers;
    }

    private static Set<LocalDate> days(Collection<ServerBeats> servers) {
        Set<Long> days = new HashSet<>();
        for (ServerBeats server : servers) {
            for (ServerBeats.Entry entry : server.entries()) {
                days.add(InsertSnapshots.epochDay(entry.heartbeat()));
            }
        }
        return days.stream().map(LocalDate::ofEpochDay).collect(Collectors.toSet());
    }

    /** One transaction. What is remembered is only read until it is committed. */
    private final class Attempt {
        private final Connection session;
        private final List<? extends LogEntry> entries;
        private final AppendResult[] results;
        private final Map<Identity, ServerBeats> servers;
        private final List<QuarantinedBeat> quarantined = new ArrayList<>();
        private final Instant now = clock.instant();
        private List<ServerBeats> changed = List.of();
        private InsertSnapshots.Stored snapshots = new InsertSnapshots.Stored();
        private ServerLedgers.Update ledger = new ServerLedgers.Update();
        private int conflictsDropped;
        private long transaction;

        Attempt(
                Connection session,
                List<? extends LogEntry> entries,
                Map<Identity, ServerBeats> servers) {
            this.session = session;
            this.entries = entries;
            this.servers = servers;
            results = new AppendResult[entries.size()];
        }

        /** Returns false if another writer claimed some of the servers meanwhile. */
        boolean execute() throws SQLException {
            if (!servers.isEmpty()) {
                if (!knownServers.hold(session, servers.values(), now)) {
                    return false;
                }
                changed = insert();
            }
            if (!changed.isEmpty()) {
                snapshots = insertSnapshots.execute(session, changed);
                upsertServerStates.execute(session, changed);
                ledger = ledgers.execute(session, changed);
                if (!ledger.instances().isEmpty()) {
                    UpdateInstances.execute(session, ledger.instances());
                }
                transaction =
                        InsertCommit.execute(
                                session, changed, ledger.lateFrom(), ledger.changedUsage());
            }
            keepApart();
            return true;
        }

        private void keepApart() throws SQLException {
            for (int i = 0; i < results.length; i++) {
                if (entries.get(i) instanceof QuarantinedBeat beat) {
                    quarantined.add(beat);
                    results[i] = AppendResult.QUARANTINED;
                }
            }
            if (!quarantined.isEmpty()) {
                markNotKept(insertQuarantine.execute(session, quarantined));
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
            insertSnapshots.remember(snapshots);
            ledgers.remember(ledger);
            int stored = 0;
            List<LatestBeat> latest = new ArrayList<>(changed.size());
            List<StoredBeats> kept = new ArrayList<>(changed.size());
            for (ServerBeats server : changed) {
                KnownServer after = server.after();
                knownServers.remember(server, after);
                stored += server.changed().size();
                latest.add(
                        new LatestBeat(
                                server.serverId(),
                                server.latest(),
                                server.lastSeen(),
                                after.ledger().head().instances()));
                kept.add(
                        new StoredBeats(
                                server.serverId(), server.changed(), !server.replaced().isEmpty()));
            }
            return new CommittedBatch(
                    Arrays.asList(results),
                    stored,
                    conflictsDropped,
                    latest,
                    kept,
                    transaction,
                    now);
        }

        /** Returns the servers that have beats which are new or took another's place, by id. */
        private List<ServerBeats> insert() throws SQLException {
            List<ServerBeats> sorted = new ArrayList<>(servers.values());
            sorted.sort(Comparator.comparingInt(ServerBeats::serverId));
            List<ServerBeats> ahead = new ArrayList<>(sorted.size());
            List<ServerBeats> doubtful = new ArrayList<>();
            for (ServerBeats server : sorted) {
                keepDistinct(server);
                (server.isAhead() ? ahead : doubtful).add(server);
            }
            if (!ahead.isEmpty()) {
                insertHeartbeats.append(session, ahead);
                for (ServerBeats server : ahead) {
                    for (ServerBeats.Entry entry : server.entries()) {
                        results[entry.index()] = AppendResult.STORED;
                        server.stored(entry.heartbeat());
                    }
                }
            }
            if (!doubtful.isEmpty()) {
                insertWhatIsNew(doubtful);
            }
            sorted.removeIf(server -> server.changed().isEmpty());
            return sorted;
        }

        /** One entry a time: of twins in the batch the first, of contradictions the greater. */
        private void keepDistinct(ServerBeats server) {
            List<ServerBeats.Entry> sent = server.entries();
            if (sent.size() == 1) {
                return;
            }
            sent.sort(Comparator.comparing(entry -> entry.heartbeat().timestamp()));
            List<ServerBeats.Entry> distinct = new ArrayList<>(sent.size());
            for (ServerBeats.Entry entry : sent) {
                ServerBeats.Entry previous = distinct.isEmpty() ? null : distinct.getLast();
                if (previous == null
                        || !previous.heartbeat()
                                .timestamp()
                                .equals(entry.heartbeat().timestamp())) {
                    distinct.add(entry);
                    continue;
                }
                int order =
                        HeartbeatDigest.of(entry.heartbeat())
                                .compareTo(HeartbeatDigest.of(previous.heartbeat()));
                if (order == 0) {
                    results[entry.index()] = AppendResult.DUPLICATE;
                } else {
                    ServerBeats.Entry loser = order > 0 ? previous : entry;
                    lose(loser.heartbeat(), loser.heartbeat().snapshot());
                    results[loser.index()] = AppendResult.CONFLICT;
                    if (order > 0) {
                        distinct.set(distinct.size() - 1, entry);
                    }
                }
            }
            sent.clear();
            sent.addAll(distinct);
        }

        /** Inserts, and settles with what was there before. */
        private void insertWhatIsNew(List<ServerBeats> doubtful) throws SQLException {
            Set<InsertHeartbeats.Key> inserted = insertHeartbeats.execute(session, doubtful);
            Map<InsertHeartbeats.Key, Heartbeat> present = new HashMap<>();
            for (ServerBeats server : doubtful) {
                for (ServerBeats.Entry entry : server.entries()) {
                    InsertHeartbeats.Key key = InsertHeartbeats.Key.of(server, entry.heartbeat());
                    if (!inserted.contains(key)) {
                        present.put(key, entry.heartbeat());
                    }
                }
            }
            Map<InsertHeartbeats.Key, Heartbeat> there =
                    present.isEmpty() ? Map.of() : insertHeartbeats.stored(session, present);
            for (ServerBeats server : doubtful) {
                for (ServerBeats.Entry entry : server.entries()) {
                    Heartbeat stored =
                            there.get(InsertHeartbeats.Key.of(server, entry.heartbeat()));
                    if (stored == null) {
                        results[entry.index()] = AppendResult.STORED;
                        server.stored(entry.heartbeat());
                    } else {
                        settle(server, entry, stored);
                    }
                }
            }
        }

        /** A beat meets the stored one of its time: the greater stays, the other is kept apart. */
        private void settle(ServerBeats server, ServerBeats.Entry entry, Heartbeat stored)
                throws SQLException {
            Heartbeat sent = entry.heartbeat();
            int order = HeartbeatDigest.of(sent).compareTo(HeartbeatDigest.of(stored));
            if (order == 0) {
                results[entry.index()] = AppendResult.DUPLICATE;
                return;
            }
            results[entry.index()] = AppendResult.CONFLICT;
            if (order < 0) {
                lose(sent, sent.snapshot());
                return;
            }
            byte[] snapshot = SelectSnapshots.of(session, server.serverId(), stored);
            lose(stored, snapshot);
            server.replaced(sent, stored.withSnapshot(snapshot));
            insertHeartbeats.replace(session, server.serverId(), sent);
        }

        private void lose(Heartbeat loser, byte[] snapshot) {
            quarantined.add(InsertQuarantine.conflict(loser, snapshot));
        }
    }
}
