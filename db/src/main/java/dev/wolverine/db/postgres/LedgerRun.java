package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.ServerLedger;
import dev.wolverine.db.model.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run over a server's beats that is begun again, over the beats as they were and as they are,
 * until nothing more differs. For one thread.
 */
final class LedgerRun {

    /**
     * How far behind the new beats is read, in turn, until nothing differs: at last, everything.
     */
    static final List<Duration> LOOK_AHEAD =
            List.of(Duration.ofHours(1), Duration.ofDays(3), Duration.ofDays(36_500));

    private static final Instant LONG_AGO = Instant.parse("1970-01-01T00:00:00Z");

    private final ServerBeats server;
    private final boolean isBooked;
    private final Set<Instant> fresh;
    private final SortedMap<LocalDate, byte[]> days = new TreeMap<>();
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
     * @param isBooked whether anything was ever booked: if not, all that is stored is new
     */
    LedgerRun(ServerBeats server, boolean isBooked) {
        this.server = server;
        this.isBooked = isBooked;
        fresh = server.timestamps();
        lastFresh = server.latest().timestamp();
        former = new ServerLedger(LedgerState.EMPTY, formerFacts);
        present = new ServerLedger(LedgerState.EMPTY, presentFacts);
    }

    ServerBeats server() {
        return server;
    }

    LocalDate firstDay() {
        return InsertSnapshots.day(server.changed().getFirst());
    }

    /**
     * Begins at the latest state that is known and older than the first new beat.
     *
     * @param known after some late beat, if there is one
     * @param stored before the first beat of each day, encoded, from {@link #firstDay()} on
     */
    void begin(@Nullable LedgerState known, TreeMap<LocalDate, byte[]> stored) {
        storedDays = stored;
        if (!isBooked) {
            return;
        }
        LedgerState base = known;
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
            after = firstDay().atStartOfDay(ZoneOffset.UTC).toInstant().minusMillis(1);
        }
        former = new ServerLedger(base, formerFacts);
        present = new ServerLedger(base, presentFacts);
    }

    /** The beats that are to be run over next. */
    SelectBeats.Range next(Duration ahead) {
        Instant until =
                !isBooked || ahead.equals(LOOK_AHEAD.getLast())
                        ? SelectBeats.FAR_AHEAD
                        : lastFresh.plus(ahead);
        SelectBeats.Range range = new SelectBeats.Range(server.serverId(), after, until);
        after = until.minusMillis(1);
        return range;
    }

    /** Whether nothing more can differ. */
    boolean hasMet() {
        return metAt != null;
    }

    /** Goes on over stored beats; returns over how many. */
    int run(List<Heartbeat> beats) {
        int count = 0;
        for (Heartbeat beat : beats) {
            noteDay(InsertSnapshots.day(beat));
            present.add(beat);
            count++;
            Heartbeat was =
                    server.replaced()
                            .getOrDefault(
                                    beat.timestamp(),
                                    fresh.contains(beat.timestamp()) ? null : beat);
            if (!isBooked || was == null) {
                replay = present.state();
                continue;
            }
            former.add(was);
            if (was != beat) {
                replay = present.state();
            }
            if (!beat.timestamp().isBefore(lastFresh) && present.state().equals(former.state())) {
                metAt = beat.timestamp();
                return count;
            }
        }
        return count;
    }

    private void noteDay(LocalDate day) {
        if (isFirstOfDay(present, day)) {
            byte[] state = LedgerCodec.encode(present.state());
            if (!Arrays.equals(state, storedDays.get(day))) {
                days.put(day, state);
            }
        }
    }

    /** What the new beats change. */
    LedgerFacts difference() {
        return presentFacts.minus(formerFacts);
    }

    /** The state before the first beat of each day on which it is another than was stored. */
    SortedMap<LocalDate, byte[]> days() {
        return days;
    }

    /** After the last beat that was run over: the newest, unless both runs {@link #hasMet}. */
    LedgerState end() {
        return present.state();
    }

    /** After the last new beat. */
    @Nullable LedgerState replay() {
        return replay;
    }

    /** Whether the state after a beat of this time, milliseconds, is what it was. */
    boolean isUnchangedAt(long millis) {
        return server.first().toEpochMilli() > millis
                || metAt != null && metAt.toEpochMilli() <= millis;
    }

    static boolean isFirstOfDay(ServerLedger ledger, LocalDate day) {
        return ledger.lastMillis() == LedgerState.NEVER
                || LocalDate.ofInstant(Instant.ofEpochMilli(ledger.lastMillis()), ZoneOffset.UTC)
                        .isBefore(day);
    }
}
