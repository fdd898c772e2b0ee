package dev.wolverine.db.postgres;

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
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what follows from beats true to the beats, inside the transaction that stores them.
 *
 * <p>A beat that is newer than all others is compared with its server's ledger, which is
 * remembered. A late one changes what follows from those behind it: the run is begun again before
 * it, once over the beats as they were and once as they are, and the difference is written. It
 * begins at a state that is known: the one after the last late beat, so that an offline queue that
 * comes back is not read again for each of its beats, or the one before the day's first. It ends
 * where both runs meet a day's first beat in the same state, at the latest with the newest beat.
 *
 * <p>What it goes on from is what the writer knows of the server, which it alone writes: see {@link
 * ServerClaims}. For one thread.
 */
final class ServerLedgers {

    /** So much younger than the stored ledger may the cached one be: what a restart reads again. */
    private static final Duration STORED_EVERY = Duration.ofMinutes(30);

    private final WriteLedgers writeLedgers;
    private final Counter late;
    private final Counter redone;

    ServerLedgers(int maxCachedServers, UsageLimits limits, MeterRegistry meters) {
        writeLedgers = new WriteLedgers(maxCachedServers, limits, meters);
        late = meters.counter("wolverine.ledger.late.servers");
        redone = meters.counter("wolverine.ledger.beats.redone");
    }

    /**
     * What one transaction did.
     *
     * @param lateFrom earliest new beat of each server that has newer ones, by server
     * @param instances of servers of which their number changed
     */
    static final class Update {
        private WriteLedgers.Written written = WriteLedgers.Written.NOTHING;
        private final SortedMap<Integer, Instant> lateFrom = new TreeMap<>();
        private final SortedMap<Integer, Integer> instances = new TreeMap<>();

        SortedMap<Integer, Instant> lateFrom() {
            return lateFrom;
        }

        SortedMap<Integer, Integer> instances() {
            return instances;
        }

        SortedSet<ChangedUsage> changedUsage() {
            return written.changed();
        }
    }

    static List<String> staging() {
        return List.of(AddUsage.STAGING, UpsertLedgers.STAGING, UpsertLedgerDays.STAGING);
    }

    /** Writes what follows from these beats, which are stored already. */
    Update execute(Connection connection, List<ServerBeats> changed) throws SQLException {
        return new Attempt(connection, changed).execute();
    }

    /** To be called once the transaction is known to be committed. */
    void remember(Update update) {
        writeLedgers.remember(update.written.series());
    }

    private final class Attempt {
        private final Connection connection;
        private final List<ServerBeats> changed;
        private final Update update = new Update();
        private final WriteLedgers.Batch writes = new WriteLedgers.Batch();

        Attempt(Connection connection, List<ServerBeats> changed) {
            this.connection = connection;
            this.changed = changed;
        }

        Update execute() throws SQLException {
            List<LedgerRun> runs = new ArrayList<>();
            for (ServerBeats server : changed) {
                KnownServer known = server.known();
                if (!known.isBooked()) {
                    runs.add(new LedgerRun(server, false));
                } else if (known.isBefore(server.changed().getFirst())) {
                    append(server);
                } else {
                    late.increment();
                    update.lateFrom.put(server.serverId(), server.first());
                    runs.add(new LedgerRun(server, true));
                }
            }
            if (!runs.isEmpty()) {
                run(runs);
            }
            update.written = writeLedgers.execute(connection, writes);
            return update;
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

        private void append(ServerBeats server) {
            KnownServer.KnownLedger known = server.known().ledger();
            LedgerFacts found = new LedgerFacts();
            ServerLedger ledger = new ServerLedger(known.head(), found);
            for (Heartbeat beat : server.changed()) {
                LocalDate day = InsertSnapshots.day(beat);
                if (LedgerRun.isFirstOfDay(ledger, day)) {
                    writes.day(server.serverId(), day, LedgerCodec.encode(ledger.state()));
                }
                ledger.add(beat);
            }
            finish(server, found, ledger.state(), known.replay(), known.storedThrough());
        }

        private void finish(
                ServerBeats server,
                LedgerFacts found,
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
            LedgerState before = server.known().ledger().head();
            int instancesBefore = before.lastMillis() == LedgerState.NEVER ? 1 : before.instances();
            if (head.instances() != instancesBefore) {
                update.instances.put(server.serverId(), head.instances());
            }
            server.booked(new KnownServer.KnownLedger(head, through, replay));
        }

        private void run(List<LedgerRun> runs) throws SQLException {
            Map<Integer, LocalDate> from = new HashMap<>();
            runs.forEach(run -> from.put(run.server().serverId(), run.firstDay()));
            Map<Integer, TreeMap<LocalDate, byte[]>> stored =
                    SelectLedgerDays.execute(connection, from);
            for (LedgerRun run : runs) {
                run.begin(
                        run.server().known().ledger().replay(),
                        stored.getOrDefault(run.server().serverId(), new TreeMap<>()));
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
            runs.forEach(this::finish);
        }

        private void finish(LedgerRun run) {
            ServerBeats server = run.server();
            KnownServer.KnownLedger known = server.known().ledger();
            run.days().forEach((day, state) -> writes.day(server.serverId(), day, state));
            LedgerState head = server.known().isBooked() && run.hasMet() ? known.head() : run.end();
            finish(
                    server,
                    run.difference(),
                    head,
                    head.equals(run.replay()) ? null : run.replay(),
                    run.isUnchangedAt(known.storedThrough())
                            ? known.storedThrough()
                            : LedgerState.NEVER);
        }
    }
}
