package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.ServerLedger;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what follows from beats true to the beats, inside the transaction that stores them.
 *
 * <p>A beat that is newer than all others is compared with its server's ledger, which is cached. A
 * late one changes what follows from those behind it: the run is begun again before it, once over
 * the beats as they were and once as they are, and the difference is written. It begins at a state
 * that is known: the one after the last late beat, so that an offline queue that comes back is not
 * read again for each of its beats, or the one before the day's first. It ends where both runs meet
 * a day's first beat in the same state, at the latest with the newest beat.
 *
 * <p>Several writers, also of several processes, may store beats of one server: each counts up the
 * server's revision while it holds the row, and who finds that another did so reads again. Caches
 * learn only what was committed. For one thread.
 */
final class ServerLedgers {

    /** So much younger than the stored ledger may the cached one be: what a restart reads again. */
    private static final Duration STORED_EVERY = Duration.ofMinutes(30);

    private final Cache<Integer, Known> cache;
    private final WriteLedgers writeLedgers;
    private final Counter misses;
    private final Counter late;
    private final Counter redone;

    ServerLedgers(int maxCachedServers, UsageLimits limits, MeterRegistry meters) {
        cache = Caffeine.newBuilder().maximumSize(maxCachedServers).build();
        writeLedgers = new WriteLedgers(maxCachedServers, limits, meters);
        misses = meters.counter("wolverine.ledger.cache.misses");
        late = meters.counter("wolverine.ledger.late.servers");
        redone = meters.counter("wolverine.ledger.beats.redone");
    }

    /**
     * What is cached of a server.
     *
     * @param storedThrough client time of the latest beat in the stored ledger, milliseconds
     * @param replay after the last late beat, if it is not the head
     */
    private record Known(
            long revision, LedgerState head, long storedThrough, @Nullable LedgerState replay) {
        /** Of a server that had no beats before. */
        static final Known NOTHING = new Known(0, LedgerState.EMPTY, LedgerState.NEVER, null);
    }

    /**
     * What one transaction did.
     *
     * @param lateFrom earliest new beat of each server that has newer ones, by server
     * @param instances of servers of which their number changed
     */
    static final class Update {
        private final Map<Integer, Known> known = new HashMap<>();
        private UsageSeriesIds.Resolved series = UsageSeriesIds.Resolved.NONE;
        private final SortedMap<Integer, Instant> lateFrom = new TreeMap<>();
        private final SortedMap<Integer, Integer> instances = new TreeMap<>();

        SortedMap<Integer, Instant> lateFrom() {
            return lateFrom;
        }

        SortedMap<Integer, Integer> instances() {
            return instances;
        }
    }

    static List<String> staging() {
        return List.of(AddUsage.STAGING, UpsertLedgers.STAGING, UpsertLedgerDays.STAGING);
    }

    /** Writes what follows from these beats, which are stored already. */
    Update execute(Connection connection, List<ChangedServer> changed) throws SQLException {
        return new Attempt(connection, changed).execute();
    }

    /** Advances the caches; to be called once the transaction is known to be committed. */
    void remember(Update update) {
        cache.putAll(update.known);
        writeLedgers.remember(update.series);
    }

    private final class Attempt {
        private final Connection connection;
        private final List<ChangedServer> changed;
        private final Update update = new Update();
        private final WriteLedgers.Batch writes = new WriteLedgers.Batch();

        Attempt(Connection connection, List<ChangedServer> changed) {
            this.connection = connection;
            this.changed = changed;
        }

        Update execute() throws SQLException {
            Map<Integer, Known> before = known();
            List<LedgerRun> runs = new ArrayList<>();
            for (ChangedServer server : changed) {
                Known known =
                        server.revision() == 0 ? Known.NOTHING : before.get(server.serverId());
                if (known == null) {
                    runs.add(new LedgerRun(server, false));
                } else if (server.first().toEpochMilli() > known.head().lastMillis()) {
                    append(server, known);
                } else {
                    late.increment();
                    update.lateFrom.put(server.serverId(), server.first());
                    runs.add(new LedgerRun(server, true));
                }
            }
            if (!runs.isEmpty()) {
                run(runs, before);
            }
            update.series = writeLedgers.execute(connection, writes);
            return update;
        }

        /** The ledgers before this transaction; none for a server that has no ledger yet. */
        private Map<Integer, Known> known() throws SQLException {
            Map<Integer, Known> known = new HashMap<>();
            Map<Integer, ChangedServer> unknown = new HashMap<>();
            for (ChangedServer server : changed) {
                Known cached = cache.getIfPresent(server.serverId());
                if (cached != null && cached.revision() + 1 == server.revision()) {
                    known.put(server.serverId(), cached);
                } else if (server.revision() > 0) {
                    unknown.put(server.serverId(), server);
                }
            }
            if (unknown.isEmpty()) {
                return known;
            }
            misses.increment(unknown.size());
            Map<Integer, LedgerState> stored = SelectLedgers.execute(connection, unknown.keySet());
            List<SelectBeats.Range> since = new ArrayList<>();
            stored.forEach((serverId, state) ->
                    since.add(
                            new SelectBeats.Range(
                                    serverId,
                                    Instant.ofEpochMilli(state.lastMillis()),
                                    SelectBeats.FAR_AHEAD)));
            Map<Integer, List<Heartbeat>> beats = select(since);
            stored.forEach((serverId, state) -> {
                ChangedServer server = unknown.get(serverId);
                if (server != null) {
                    ServerLedger ledger = new ServerLedger(state, new LedgerFacts());
                    server.former(beats.getOrDefault(serverId, List.of())).forEach(ledger::add);
                    known.put(
                            serverId,
                            new Known(
                                    server.revision() - 1,
                                    ledger.state(),
                                    state.lastMillis(),
                                    null));
                }
            });
            return known;
        }

        private Map<Integer, List<Heartbeat>> select(List<SelectBeats.Range> ranges)
                throws SQLException {
            if (ranges.isEmpty()) {
                return Map.of();
            }
            Map<Integer, Identity> identities = new HashMap<>();
            changed.forEach(server -> identities.put(server.serverId(), server.identity()));
            return SelectBeats.execute(connection, ranges, identities);
        }

        private void append(ChangedServer server, Known known) {
            LedgerFacts found = new LedgerFacts();
            ServerLedger ledger = new ServerLedger(known.head(), found);
            for (Heartbeat beat : server.beats()) {
                LocalDate day = InsertSnapshots.day(beat);
                if (LedgerRun.isFirstOfDay(ledger, day)) {
                    writes.day(server.serverId(), day, LedgerCodec.encode(ledger.state()));
                }
                ledger.add(beat);
            }
            LedgerState head = ledger.state();
            finish(server, found, known, head, known.replay(), known.storedThrough());
        }

        private void finish(
                ChangedServer server,
                LedgerFacts found,
                @Nullable Known known,
                LedgerState head,
                @Nullable LedgerState replay,
                long storedThrough) {
            writes.facts(server, found);
            long through = storedThrough;
            if (storedThrough == LedgerState.NEVER
                    || head.lastMillis() - storedThrough > STORED_EVERY.toMillis()) {
                writes.head(server.serverId(), head);
                through = head.lastMillis();
            }
            int instancesBefore = known == null ? 1 : known.head().instances();
            if (head.instances() != instancesBefore) {
                update.instances.put(server.serverId(), head.instances());
            }
            update.known.put(
                    server.serverId(), new Known(server.revision(), head, through, replay));
        }

        private void run(List<LedgerRun> runs, Map<Integer, Known> before) throws SQLException {
            Map<Integer, LocalDate> from = new HashMap<>();
            runs.forEach(run -> from.put(run.server().serverId(), run.firstDay()));
            Map<Integer, TreeMap<LocalDate, byte[]>> stored =
                    SelectLedgerDays.execute(connection, from);
            for (LedgerRun run : runs) {
                int serverId = run.server().serverId();
                Known known = before.get(serverId);
                run.begin(
                        known == null ? null : known.replay(),
                        stored.getOrDefault(serverId, new TreeMap<>()));
            }
            List<LedgerRun> open = runs;
            for (Duration ahead : LedgerRun.LOOK_AHEAD) {
                List<SelectBeats.Range> ranges = new ArrayList<>();
                open.forEach(run -> ranges.add(run.next(ahead)));
                Map<Integer, List<Heartbeat>> beats = select(ranges);
                for (LedgerRun run : open) {
                    redone.increment(
                            run.run(beats.getOrDefault(run.server().serverId(), List.of())));
                }
                open = open.stream().filter(run -> !run.hasMet()).toList();
                if (open.isEmpty()) {
                    break;
                }
            }
            runs.forEach(run -> finish(run, before.get(run.server().serverId())));
        }

        private void finish(LedgerRun run, @Nullable Known known) {
            ChangedServer server = run.server();
            run.days().forEach((day, state) -> writes.day(server.serverId(), day, state));
            LedgerState head = known != null && run.hasMet() ? known.head() : run.end();
            long storedThrough = known == null ? LedgerState.NEVER : known.storedThrough();
            finish(
                    server,
                    run.difference(),
                    known,
                    head,
                    head.equals(run.replay()) ? null : run.replay(),
                    run.isUnchangedAt(storedThrough) ? storedThrough : LedgerState.NEVER);
        }
    }
}
