package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.ServerLedger;
import dev.wolverine.db.ledger.UsageKey;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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

    /**
     * How far behind the new beats is read, in turn, until nothing differs: at last, everything.
     */
    private static final List<Duration> LOOK_AHEAD =
            List.of(Duration.ofHours(1), Duration.ofDays(3), Duration.ofDays(36_500));

    private static final Instant LONG_AGO = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant FAR_AHEAD = Instant.parse("2200-01-01T00:00:00Z");

    private final Cache<Integer, Known> cache;
    private final UsageSeriesIds seriesIds;
    private final UpsertLedgers upsertLedgers = new UpsertLedgers();
    private final UpsertLedgerDays upsertLedgerDays = new UpsertLedgerDays();
    private final AddUsage addUsage = new AddUsage();
    private final Counter misses;
    private final Counter late;
    private final Counter redone;
    private final Counter overflowed;

    ServerLedgers(int maxCachedServers, UsageLimits limits, MeterRegistry meters) {
        cache = Caffeine.newBuilder().maximumSize(maxCachedServers).build();
        seriesIds = new UsageSeriesIds(maxCachedServers, limits);
        misses = meters.counter("wolverine.ledger.cache.misses");
        late = meters.counter("wolverine.ledger.late.servers");
        redone = meters.counter("wolverine.ledger.beats.redone");
        overflowed = meters.counter("wolverine.usage.series.overflowed");
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
     * The new beats of one server.
     *
     * @param revision of the server in this transaction
     * @param beats new, or in the place of another, ascending
     * @param replaced those whose place was taken, by client time
     */
    record Changed(
            int serverId,
            Identity identity,
            long revision,
            List<Heartbeat> beats,
            Map<Instant, Heartbeat> replaced) {

        Instant first() {
            return beats.getFirst().timestamp();
        }

        Set<Instant> timestamps() {
            Set<Instant> timestamps = new HashSet<>();
            beats.forEach(beat -> timestamps.add(beat.timestamp()));
            return timestamps;
        }
    }

    /**
     * What one transaction did.
     *
     * @param lateFrom earliest new beat of each server that has newer ones, by server
     * @param instances of servers of which their number changed
     */
    static final class Update {
        private final Map<Integer, Known> known = new HashMap<>();
        private UsageSeriesIds.@Nullable Resolved series;
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
    Update execute(Connection connection, List<Changed> changed) throws SQLException {
        return new Attempt(connection, changed).execute();
    }

    /** Advances the caches; to be called once the transaction is known to be committed. */
    void remember(Update update) {
        cache.putAll(update.known);
        if (update.series != null) {
            seriesIds.remember(update.series);
        }
    }

    private static LocalDate day(long millis) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private final class Attempt {
        private final Connection connection;
        private final List<Changed> changed;
        private final Update update = new Update();
        private final Map<Integer, LedgerFacts> facts = new TreeMap<>();
        private final SortedMap<Integer, LedgerState> heads = new TreeMap<>();
        private final SortedMap<Integer, TreeMap<LocalDate, byte[]>> days = new TreeMap<>();

        Attempt(Connection connection, List<Changed> changed) {
            this.connection = connection;
            this.changed = changed;
        }

        Update execute() throws SQLException {
            Map<Integer, Known> before = known();
            List<Redo> redos = new ArrayList<>();
            for (Changed server : changed) {
                Known known =
                        server.revision() == 0 ? Known.NOTHING : before.get(server.serverId());
                if (known == null) {
                    redos.add(new Redo(server, null));
                } else if (server.first().toEpochMilli() > known.head().lastMillis()) {
                    append(server, known);
                } else {
                    late.increment();
                    update.lateFrom.put(server.serverId(), server.first());
                    redos.add(new Redo(server, known));
                }
            }
            if (!redos.isEmpty()) {
                redo(redos);
            }
            write();
            return update;
        }

        /** The ledgers before this transaction; none for a server that has no ledger yet. */
        private Map<Integer, Known> known() throws SQLException {
            Map<Integer, Known> known = new HashMap<>();
            Map<Integer, Changed> unknown = new HashMap<>();
            for (Changed server : changed) {
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
                                    FAR_AHEAD)));
            Map<Integer, List<Heartbeat>> beats = select(since);
            stored.forEach((serverId, state) -> {
                Changed server = unknown.get(serverId);
                if (server != null) {
                    ServerLedger ledger = new ServerLedger(state, new LedgerFacts());
                    former(server, beats.getOrDefault(serverId, List.of())).forEach(ledger::add);
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

        /** Of stored beats those that were there before this transaction, as they were. */
        private static List<Heartbeat> former(Changed server, List<Heartbeat> beats) {
            Set<Instant> fresh = server.timestamps();
            List<Heartbeat> former = new ArrayList<>(beats.size());
            for (Heartbeat beat : beats) {
                Heartbeat replaced = server.replaced().get(beat.timestamp());
                if (replaced != null) {
                    former.add(replaced);
                } else if (!fresh.contains(beat.timestamp())) {
                    former.add(beat);
                }
            }
            return former;
        }

        private void append(Changed server, Known known) {
            LedgerFacts found = new LedgerFacts();
            ServerLedger ledger = new ServerLedger(known.head(), found);
            for (Heartbeat beat : server.beats()) {
                LocalDate day = InsertSnapshots.day(beat);
                if (isFirstOfDay(ledger.lastMillis(), day)) {
                    days.computeIfAbsent(server.serverId(), _ -> new TreeMap<>())
                            .put(day, LedgerCodec.encode(ledger.state()));
                }
                ledger.add(beat);
            }
            LedgerState head = ledger.state();
            finish(server, found, known, head, known.replay(), known.storedThrough());
        }

        private static boolean isFirstOfDay(long lastMillis, LocalDate day) {
            return lastMillis == LedgerState.NEVER || day(lastMillis).isBefore(day);
        }

        private void finish(
                Changed server,
                LedgerFacts found,
                @Nullable Known known,
                LedgerState head,
                @Nullable LedgerState replay,
                long storedThrough) {
            found.dropZeros();
            if (!found.isEmpty()) {
                facts.put(server.serverId(), found);
            }
            long through = storedThrough;
            if (storedThrough == LedgerState.NEVER
                    || head.lastMillis() - storedThrough > STORED_EVERY.toMillis()) {
                heads.put(server.serverId(), head);
                through = head.lastMillis();
            }
            int instancesBefore = known == null ? 1 : known.head().instances();
            if (head.instances() != instancesBefore) {
                update.instances.put(server.serverId(), head.instances());
            }
            update.known.put(
                    server.serverId(), new Known(server.revision(), head, through, replay));
        }

        private void redo(List<Redo> redos) throws SQLException {
            Map<Integer, LocalDate> from = new HashMap<>();
            redos.forEach(redo -> from.put(redo.server.serverId(), redo.firstDay()));
            Map<Integer, TreeMap<LocalDate, byte[]>> stored =
                    SelectLedgerDays.execute(connection, from);
            for (Redo redo : redos) {
                redo.begin(stored.getOrDefault(redo.server.serverId(), new TreeMap<>()));
            }
            List<Redo> open = redos;
            for (Duration ahead : LOOK_AHEAD) {
                List<SelectBeats.Range> ranges = new ArrayList<>();
                open.forEach(redo -> ranges.add(redo.next(ahead)));
                Map<Integer, List<Heartbeat>> beats = select(ranges);
                for (Redo redo : open) {
                    redo.run(beats.getOrDefault(redo.server.serverId(), List.of()));
                }
                open = open.stream().filter(redo -> !redo.hasMet()).toList();
                if (open.isEmpty()) {
                    break;
                }
            }
            redos.forEach(Redo::end);
        }

        private void write() throws SQLException {
            writeUsage();
            List<WriteLedgerEvents.Change> events = new ArrayList<>();
            facts.forEach((serverId, found) ->
                    found.events()
                            .values()
                            .forEach(change ->
                                    events.add(new WriteLedgerEvents.Change(serverId, change))));
            if (!events.isEmpty()) {
                WriteLedgerEvents.execute(connection, events);
            }
            if (!heads.isEmpty()) {
                upsertLedgers.execute(connection, heads);
            }
            if (!days.isEmpty()) {
                upsertLedgerDays.execute(connection, days);
            }
        }

        private void writeUsage() throws SQLException {
            Map<Integer, UUID> organisations = new HashMap<>();
            changed.forEach(server ->
                    organisations.put(server.serverId(), server.identity().organisationId()));
            Map<Integer, Map<UsageKey, UsageSeriesIds.Name>> names = new HashMap<>();
            Set<UsageSeriesIds.Name> distinct = new HashSet<>();
            facts.forEach((serverId, found) -> {
                UUID organisation = organisations.get(serverId);
                if (organisation != null) {
                    for (UsageKey key : found.usage().keySet()) {
                        var name = new UsageSeriesIds.Name(organisation, key.series());
                        names.computeIfAbsent(serverId, _ -> new HashMap<>()).put(key, name);
                        distinct.add(name);
                    }
                }
            });
            if (distinct.isEmpty()) {
                return;
            }
            UsageSeriesIds.Resolved resolved = seriesIds.resolve(connection, distinct);
            update.series = resolved;
            overflowed.increment(resolved.overflowed());
            SortedMap<AddUsage.Cell, long[]> cells = new TreeMap<>();
            names.forEach((serverId, keys) ->
                    keys.forEach((key, name) -> {
                        LedgerFacts found = facts.get(serverId);
                        Integer series = resolved.ids().get(name);
                        if (found == null || series == null) {
                            throw new IllegalStateException("no id of " + name.key());
                        }
                        add(
                                cells,
                                new AddUsage.Cell(serverId, key.quarter(), series),
                                found.usage().getOrDefault(key, new long[0]));
                    }));
            addUsage.execute(connection, cells);
        }

        private static void add(
                SortedMap<AddUsage.Cell, long[]> cells, AddUsage.Cell cell, long[] amounts) {
            cells.merge(
                    cell,
                    amounts,
                    (a, b) -> {
                        long[] sum = a.clone();
                        for (int i = 0; i < sum.length; i++) {
                            sum[i] += b[i];
                        }
                        return sum;
                    });
        }

        /** A run that is begun again, over the beats as they were and as they are. */
        private final class Redo {
            private final Changed server;
            private final @Nullable Known known;
            private final Set<Instant> fresh;
            private final Instant lastFresh;
            private final LedgerFacts formerFacts = new LedgerFacts();
            private final LedgerFacts presentFacts = new LedgerFacts();
            private TreeMap<LocalDate, byte[]> storedDays = new TreeMap<>();
            private ServerLedger former;
            private ServerLedger present;
            private Instant after = LONG_AGO;
            private @Nullable LedgerState replay;
            private @Nullable Instant metAt;

            /**
             * @param known null where nothing was ever booked: all that is stored is new
             */
            Redo(Changed server, @Nullable Known known) {
                this.server = server;
                this.known = known;
                fresh = server.timestamps();
                lastFresh = server.beats().getLast().timestamp();
                former = new ServerLedger(LedgerState.EMPTY, formerFacts);
                present = new ServerLedger(LedgerState.EMPTY, presentFacts);
            }

            LocalDate firstDay() {
                return day(server.first().toEpochMilli());
            }

            /** Begins at the latest state that is known and older than the first new beat. */
            void begin(TreeMap<LocalDate, byte[]> stored) {
                storedDays = stored;
                if (known == null) {
                    return;
                }
                LedgerState base = known.replay();
                if (base != null && base.lastMillis() < server.first().toEpochMilli()) {
                    after = Instant.ofEpochMilli(base.lastMillis());
                } else {
                    Map.Entry<LocalDate, byte[]> next = stored.ceilingEntry(firstDay());
                    if (next == null) {
                        throw new IllegalStateException(
                                "server "
                                        + server.serverId()
                                        + " has beats after "
                                        + firstDay()
                                        + " and no ledger of their day");
                    }
                    base = LedgerCodec.decode(next.getValue());
                    after = start(firstDay()).minusMillis(1);
                }
                former = new ServerLedger(base, formerFacts);
                present = new ServerLedger(base, presentFacts);
            }

            /** The beats that are to be run over next. */
            SelectBeats.Range next(Duration ahead) {
                Instant until =
                        known == null || ahead.equals(LOOK_AHEAD.getLast())
                                ? FAR_AHEAD
                                : lastFresh.plus(ahead);
                SelectBeats.Range range = new SelectBeats.Range(server.serverId(), after, until);
                after = until.minusMillis(1);
                return range;
            }

            /** Whether nothing more can differ. */
            boolean hasMet() {
                return metAt != null;
            }

            void run(List<Heartbeat> beats) {
                for (Heartbeat beat : beats) {
                    noteDay(InsertSnapshots.day(beat));
                    present.add(beat);
                    redone.increment();
                    Heartbeat was =
                            server.replaced()
                                    .getOrDefault(
                                            beat.timestamp(),
                                            fresh.contains(beat.timestamp()) ? null : beat);
                    if (known == null || was == null) {
                        replay = present.state();
                        continue;
                    }
                    former.add(was);
                    if (was != beat) {
                        replay = present.state();
                    }
                    if (!beat.timestamp().isBefore(lastFresh)
                            && present.state().equals(former.state())) {
                        metAt = beat.timestamp();
                        return;
                    }
                }
            }

            private void noteDay(LocalDate day) {
                if (isFirstOfDay(present.lastMillis(), day)) {
                    byte[] state = LedgerCodec.encode(present.state());
                    if (!Arrays.equals(state, storedDays.get(day))) {
                        days.computeIfAbsent(server.serverId(), _ -> new TreeMap<>())
                                .put(day, state);
                    }
                }
            }

            void end() {
                LedgerState head = known != null && metAt != null ? known.head() : present.state();
                long storedThrough = known == null ? LedgerState.NEVER : known.storedThrough();
                Instant changedUntil = metAt == null ? FAR_AHEAD : metAt;
                boolean isStoredTrue =
                        server.first().toEpochMilli() > storedThrough
                                || changedUntil.toEpochMilli() <= storedThrough;
                finish(
                        server,
                        presentFacts.minus(formerFacts),
                        known,
                        head,
                        head.equals(replay) ? null : replay,
                        isStoredTrue ? storedThrough : LedgerState.NEVER);
            }
        }
    }
}
