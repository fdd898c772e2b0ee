package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.ServerLedger;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a writer remembers of the servers that it claimed. Bounded: what it forgot is claimed and
 * read again. Learns only what was committed. For one thread.
 */
final class KnownServers {

    private final Cache<Identity, Memory> cache;
    private final ServerClaims claims = new ServerClaims();
    private final Counter misses;
    private final Counter lost;

    KnownServers(int maxServers, MeterRegistry meters) {
        cache = Caffeine.newBuilder().maximumSize(maxServers).executor(Runnable::run).build();
        misses = meters.counter("wolverine.writer.servers.read");
        lost = meters.counter("wolverine.writer.servers.lost");
    }

    /** What is remembered of one server: replaced by each commit without a word to the cache. */
    static final class Memory {
        private KnownServer server;

        private Memory(KnownServer server) {
            this.server = server;
        }

        KnownServer server() {
            return server;
        }
    }

    /** Makes the writer known; to be called outside of a transaction. */
    void register(Connection connection) throws SQLException {
        claims.register(connection);
    }

    /**
     * Begins a transaction in which no other writer stores beats of these servers, and says of each
     * what is known.
     *
     * @return false if another writer was faster: to be rolled back, and tried again
     */
    boolean hold(Connection connection, Collection<ServerBeats> servers, Instant now)
            throws SQLException {
        List<ServerBeats> remembered = new ArrayList<>(servers.size());
        List<ServerBeats> unknown = new ArrayList<>();
        for (ServerBeats server : servers) {
            Memory memory = cache.getIfPresent(server.identity());
            if (memory == null) {
                unknown.add(server);
            } else {
                server.know(memory);
                remembered.add(server);
            }
        }
        if (unknown.isEmpty()) {
            return isHeld(connection, remembered, claims.begin(connection));
        }
        Map<Identity, Integer> ids =
                ServerIds.resolve(
                        connection, unknown.stream().map(ServerBeats::identity).toList(), now);
        long claim = claims.beginWith(connection, ids.values());
        if (claim < 0 || !isHeld(connection, remembered, claim)) {
            return false;
        }
        read(connection, unknown, ids, claim);
        return true;
    }

    /** What is so after a commit. */
    void remember(ServerBeats server, KnownServer after) {
        Memory memory = server.memory();
        if (memory == null) {
            cache.put(server.identity(), new Memory(after));
        } else {
            memory.server = after;
        }
    }

    /** Nothing is known of them any more: how a transaction ended may be unknown too. */
    void forget(Collection<Identity> identities) {
        cache.invalidateAll(identities);
    }

    private boolean isHeld(Connection connection, List<ServerBeats> remembered, long claim)
            throws SQLException {
        Map<Integer, ServerBeats> doubtful = new HashMap<>();
        for (ServerBeats server : remembered) {
            if (server.known().claim() != claim) {
                doubtful.put(server.serverId(), server);
            }
        }
        if (doubtful.isEmpty()) {
            return true;
        }
        Set<Integer> gone = claims.lost(connection, doubtful.keySet());
        lost.increment(gone.size());
        doubtful.forEach((serverId, server) -> {
            if (gone.contains(serverId)) {
                cache.invalidate(server.identity());
            } else {
                server.know(server.known().confirmed(claim));
            }
        });
        return gone.isEmpty();
    }

    private void read(
            Connection connection,
            List<ServerBeats> unknown,
            Map<Identity, Integer> ids,
            long claim)
            throws SQLException {
        Map<Integer, ServerBeats> byId = HashMap.newHashMap(unknown.size());
        for (ServerBeats server : unknown) {
            Integer id = ids.get(server.identity());
            if (id == null) {
                throw new IllegalStateException(
                        "server of " + server.identity() + " was inserted and is not there");
            }
            server.know(KnownServer.created(id, claim));
            byId.put(id, server);
        }
        Map<Integer, KnownServer.StoredState> states =
                SelectStoredStates.execute(connection, byId.keySet());
        if (states.isEmpty()) {
            return;
        }
        misses.increment(states.size());
        Map<Integer, KnownServer.KnownLedger> ledgers = ledgers(connection, states.keySet(), byId);
        states.forEach((id, state) -> {
            ServerBeats server = byId.get(id);
            if (server != null) {
                KnownServer.KnownLedger ledger = ledgers.get(id);
                server.know(
                        new KnownServer(
                                id,
                                claim,
                                ledger == null ? KnownServer.KnownLedger.NOTHING : ledger,
                                ledger != null,
                                state,
                                null));
            }
        });
    }

    /** The stored ledgers, with the beats since. */
    private static Map<Integer, KnownServer.KnownLedger> ledgers(
            Connection connection, Set<Integer> servers, Map<Integer, ServerBeats> byId)
            throws SQLException {
        Map<Integer, LedgerState> stored = SelectLedgers.execute(connection, servers);
        List<SelectBeats.Range> since = new ArrayList<>();
        Map<Integer, Identity> identities = new HashMap<>();
        stored.forEach((serverId, state) -> {
            ServerBeats server = byId.get(serverId);
            if (server != null) {
                identities.put(serverId, server.identity());
                since.add(
                        new SelectBeats.Range(
                                serverId,
                                Instant.ofEpochMilli(state.lastMillis()),
                                SelectBeats.FAR_AHEAD));
            }
        });
        if (since.isEmpty()) {
            return Map.of();
        }
        Map<Integer, List<Heartbeat>> beats = SelectBeats.execute(connection, since, identities);
        Map<Integer, KnownServer.KnownLedger> ledgers = new HashMap<>();
        stored.forEach((serverId, state) -> {
            ServerLedger ledger = new ServerLedger(state, new LedgerFacts());
            beats.getOrDefault(serverId, List.of()).forEach(ledger::add);
            ledgers.put(
                    serverId,
                    new KnownServer.KnownLedger(ledger.state(), state.lastMillis(), null));
        });
        return ledgers;
    }
}
