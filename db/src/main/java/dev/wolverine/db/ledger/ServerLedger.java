package dev.wolverine.db.ledger;

import dev.wolverine.db.ledger.LedgerEvent.Adjustment;
import dev.wolverine.db.ledger.LedgerEvent.Cause;
import dev.wolverine.db.ledger.LedgerEvent.Process;
import dev.wolverine.db.ledger.LedgerEvent.Reason;
import dev.wolverine.db.ledger.LedgerEvent.Status;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs over the beats of one server in the order of their client times, and says what each adds.
 *
 * <p>This is the one place that says what usage is. What it finds is a pure function of the set of
 * beats, whatever the order they came in: a late beat is put where it belongs, and the run goes
 * over those behind it again.
 *
 * <p><b>Lives.</b> A beat belongs to the life of a runner that started within five seconds of its
 * own start (client time less uptime), and is compared with the beat before it in that life. Where
 * several lives started so, it belongs to the one whose sums lead to its own.
 *
 * <p>A beat of no known life begins one, and continues the {@link Candidate best} life that is not
 * continued yet; where there is none, it is an opening balance. A beat whose sums fall below those
 * of its life begins one too, and continues that life: the client lost its files or rebuilt them
 * from a truncated log, or a second instance of this id started in the same seconds. A new life
 * knows the series that its first beat shows, for clients send all they have on disk.
 *
 * <p>If a continued life beats again after all, the two go on beside each other: what was booked is
 * taken back, and the newer life's first beat becomes an opening balance. Lives that were silent
 * for 26 hours are forgotten, but for the one heard last.
 *
 * <p><b>Silences.</b> An increase over more than two intervals is booked with its later beat, until
 * a beat comes that is more than an hour younger; then it is spread. An offline queue that comes
 * back behind a live beat fills the silence before it was ever spread.
 *
 * <p>For one thread.
 */
public final class ServerLedger {

    private static final Comparator<Life> HEARD_LAST = Comparator.comparingLong(Life::lastMillis);

    /** Beyond so much a minute a jump is marked: $ 100, and 100 million tokens. */
    private static final long IMPLAUSIBLE_COST_MICROS = 100_000_000;

    private static final long IMPLAUSIBLE_TOKENS = 100_000_000;

    private static final int NONE = -1;

    private final LedgerFacts facts;
    private long lastMillis;
    private @Nullable Status status;
    private final List<Life> lives;
    private final List<Gap> gaps;

    /** Goes on from a state; finds go to these facts. */
    public ServerLedger(LedgerState state, LedgerFacts facts) {
        this.facts = facts;
        lastMillis = state.lastMillis();
        status = state.status();
        lives = new ArrayList<>(state.lives());
        gaps = new ArrayList<>(state.gaps());
    }

    public LedgerState state() {
        return new LedgerState(lastMillis, status, lives, gaps);
    }

    /** Client time of the latest beat, or {@link LedgerState#NEVER}. */
    public long lastMillis() {
        return lastMillis;
    }

    /**
     * Takes the next beat, with its snapshot.
     *
     * @throws IllegalArgumentException if it is not later than the last one
     */
    public void add(Heartbeat beat) {
        long millis = beat.timestamp().toEpochMilli();
        if (millis <= lastMillis) {
            throw new IllegalArgumentException(
                    "beat: " + millis + " (expected: later than " + lastMillis + ")");
        }
        judge(beat, millis);
        settle(millis);
        forget(millis);
        long start = Life.startSeconds(beat);
        int known = lifeOf(beat, millis, start);
        if (known == NONE) {
            lives.add(begin(beat, millis, lifeToContinue(beat)));
        } else {
            grow(known, beat, millis);
        }
        if (lives.size() > LedgerState.MAX_LIVES) {
            forgetSilent();
        }
        lastMillis = millis;
    }

    private void judge(Heartbeat beat, long millis) {
        if (status != null && millis - lastMillis > LedgerState.GRACE_MILLIS) {
            turn(lastMillis + LedgerState.GRACE_MILLIS, Status.UNREACHABLE, Reason.SILENCE);
        }
        if (beat.status() == ReportedStatus.DOWN) {
            turn(millis, Status.DOWN, Reason.REPORTED_DOWN);
        } else if (beat.unhealthyRoutes() > 0) {
            turn(millis, Status.DEGRADED, Reason.ROUTES_UNHEALTHY);
        } else if (beat.status() == ReportedStatus.DEGRADED) {
            turn(millis, Status.DEGRADED, Reason.REPORTED_DEGRADED);
        } else {
            turn(millis, Status.HEALTHY, status == null ? Reason.FIRST_BEAT : Reason.RECOVERED);
        }
    }

    private void turn(long millis, Status next, Reason reason) {
        if (status != next) {
            facts.put(new LedgerEvent.StatusChange(millis, next, reason));
            status = next;
        }
    }

    private int lifeOf(Heartbeat beat, long millis, long start) {
        int only = NONE;
        int found = 0;
        for (int i = 0; i < lives.size(); i++) {
            if (lives.get(i).hasStart(start)) {
                only = i;
                found++;
            }
        }
        return found <= 1 ? only : nearestOf(beat, millis, start);
    }

    /** Of lives that started in the same seconds the one whose sums lead to those of the beat. */
    private int nearestOf(Heartbeat beat, long millis, long start) {
        Counters sums = CounterSet.of(SnapshotCodec.decode(beat.snapshot())).get(SeriesKey.TOTAL);
        return best(life -> life.hasStart(start), sums, millis - LedgerState.GRACE_MILLIS);
    }

    /** The place of the best candidate, or {@link #NONE}. */
    private int best(Predicate<Life> isCandidate, Counters sums, long heardSince) {
        int best = NONE;
        Candidate bestCandidate = null;
        for (int i = 0; i < lives.size(); i++) {
            if (!isCandidate.test(lives.get(i))) {
                continue;
            }
            Candidate candidate = Candidate.of(lives.get(i), sums, heardSince);
            if (bestCandidate == null || candidate.compareTo(bestCandidate) > 0) {
                best = i;
                bestCandidate = candidate;
            }
        }
        return best;
    }

    private void grow(int known, Heartbeat beat, long millis) {
        Life life = lives.get(known);
        if (beat.snapshotHash() == life.snapshotHash()) {
            goOn(known, beat, millis, life.version(), life.counters(), false);
            return;
        }
        Snapshot snapshot = SnapshotCodec.decode(beat.snapshot());
        CounterSet before = CounterSet.decode(life.counters());
        CounterSet now = CounterSet.of(snapshot);
        CounterChange change = CounterChange.between(before, now, false);
        if (change.hasFallen(SeriesKey.TOTAL)) {
            lives.add(begin(beat, millis, life.isContinued() ? NONE : known));
            return;
        }
        book(change, before, now, life.lastMillis(), millis, snapshot, true);
        goOn(known, beat, millis, snapshot.version(), change.after().encode(), hasRepairs(change));
    }

    private void goOn(
            int known,
            Heartbeat beat,
            long millis,
            @Nullable String version,
            byte[] counters,
            boolean repaired) {
        if (lives.get(known).isContinued()) {
            standBeside(known);
        }
        Life life = lives.get(known);
        lives.set(
                known,
                new Life(
                        Life.startSeconds(beat),
                        life.firstMillis(),
                        millis,
                        version,
                        child(life, beat, millis, repaired),
                        beat.snapshotHash(),
                        counters,
                        false,
                        life.claim()));
    }

    private Life.Child child(Life life, Heartbeat beat, long millis, boolean repaired) {
        Life.Child child = life.child();
        boolean isDown = beat.status() == ReportedStatus.DOWN;
        if (beat.pid() == child.pid()) {
            boolean settles = child.firstMemoryMb() == Heartbeat.ABSENT;
            return new Life.Child(
                    child.pid(),
                    child.sinceMillis(),
                    settles ? beat.memoryMb() : child.firstMemoryMb(),
                    Math.max(child.highestMemoryMb(), beat.memoryMb()),
                    beat.memoryMb(),
                    isDown);
        }
        if (child.pid() != Heartbeat.ABSENT && beat.pid() != Heartbeat.ABSENT) {
            facts.put(
                    new LedgerEvent.Restart(
                            millis,
                            Process.CHILD,
                            (life.lastMillis() - child.sinceMillis()) / 1000,
                            child.memoryMb(),
                            cause(child, repaired, isDown, millis - life.lastMillis())));
        }
        return newChild(beat, millis);
    }

    private static Life.Child newChild(Heartbeat beat, long millis) {
        return new Life.Child(
                beat.pid(),
                millis,
                Heartbeat.ABSENT,
                beat.memoryMb(),
                beat.memoryMb(),
                beat.status() == ReportedStatus.DOWN);
    }

    private static Cause cause(Life.Child child, boolean repaired, boolean isDown, long silence) {
        if (repaired) {
            return Cause.REPAIR;
        }
        if (child.wasDown() || isDown) {
            return Cause.CRASH;
        }
        if (child.firstMemoryMb() > 0
                && child.memoryMb() >= 2 * child.firstMemoryMb()
                && child.memoryMb() >= child.highestMemoryMb()) {
            return Cause.MEMORY;
        }
        return silence > UsageSpread.GAP_MILLIS ? Cause.OUTAGE : Cause.UNKNOWN;
    }

    private int lifeToContinue(Heartbeat beat) {
        Counters sums = CounterSet.of(SnapshotCodec.decode(beat.snapshot())).get(SeriesKey.TOTAL);
        return best(life -> !life.isContinued(), sums, LedgerState.NEVER);
    }

    private Life begin(Heartbeat beat, long millis, int continued) {
        Snapshot snapshot = SnapshotCodec.decode(beat.snapshot());
        CounterSet now = CounterSet.of(snapshot);
        Life.Claim claim = null;
        if (continued != NONE) {
            Life former = lives.get(continued);
            claim =
                    new Life.Claim(
                            former.firstMillis(),
                            Life.startSeconds(beat),
                            beat.status() == ReportedStatus.DOWN,
                            beat.snapshot());
            join(former, millis, claim, snapshot, true);
            lives.set(continued, former.continued(true));
        }
        return opening(beat, millis, snapshot, now.encode(), claim);
    }

    /** Books what a life's first beat adds to the life that it continues, or takes it back. */
    private void join(
            Life former, long millis, Life.Claim claim, Snapshot snapshot, boolean isPresent) {
        boolean isRestart =
                former.startSeconds() != Life.NO_START
                        && claim.startSeconds() != Life.NO_START
                        && claim.startSeconds() > former.startSeconds() + Life.TOLERANCE_SECONDS;
        CounterSet before = CounterSet.decode(former.counters());
        CounterSet now = CounterSet.of(snapshot);
        CounterChange change = CounterChange.between(before, now, isRestart);
        book(change, before, now, former.lastMillis(), millis, snapshot, isPresent);
        if (isRestart) {
            put(restart(former, millis, claim, snapshot, hasRepairs(change)), isPresent);
        }
    }

    private static Life opening(
            Heartbeat beat,
            long millis,
            Snapshot snapshot,
            byte[] counters,
            Life.@Nullable Claim claim) {
        return new Life(
                Life.startSeconds(beat),
                millis,
                millis,
                snapshot.version(),
                newChild(beat, millis),
                beat.snapshotHash(),
                counters,
                false,
                claim);
    }

    private static LedgerEvent.Restart restart(
            Life former, long millis, Life.Claim claim, Snapshot snapshot, boolean repaired) {
        boolean upgraded =
                snapshot.version() != null && !snapshot.version().equals(former.version());
        long silence = claim.startSeconds() * 1000 - former.lastMillis();
        return new LedgerEvent.Restart(
                millis,
                Process.RUNNER,
                former.lastMillis() / 1000 - former.startSeconds(),
                former.child().memoryMb(),
                upgraded
                        ? Cause.UPGRADE
                        : cause(former.child(), repaired, claim.isDown(), silence));
    }

    /**
     * A life that a beat could go on from; the greatest is the best. Those whose sums the beat does
     * not fall below come first, of these those that are still heard, of these the one with the
     * greatest sums; of the others, and of equals, the one that was heard last.
     */
    private record Candidate(
            boolean fits,
            boolean isHeard,
            long costMicros,
            long tokens,
            long calls,
            long lastMillis)
            implements Comparable<Candidate> {

        private static final Comparator<Candidate> ORDER =
                Comparator.comparing(Candidate::fits)
                        .thenComparing(Candidate::isHeard)
                        .thenComparing(Candidate::costMicros)
                        .thenComparing(Candidate::tokens)
                        .thenComparing(Candidate::calls)
                        .thenComparing(Candidate::lastMillis);

        static Candidate of(Life life, Counters now, long heardSince) {
            Counters sums = CounterSet.decode(life.counters()).get(SeriesKey.TOTAL);
            boolean fits = true;
            for (int counter = 0; counter < UsageCounter.COUNT; counter++) {
                fits &= now.value(counter) >= sums.value(counter);
            }
            return new Candidate(
                    fits,
                    life.lastMillis() >= heardSince,
                    fits ? sums.value(UsageCounter.COST_MICROS) : 0,
                    fits ? sums.value(UsageCounter.TOKENS) : 0,
                    fits ? sums.value(UsageCounter.CALLS) : 0,
                    life.lastMillis());
        }

        @Override
        public int compareTo(Candidate other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * A continued life beats again: it never ended, and the one that took it up stands beside it.
     */
    private void standBeside(int continued) {
        Life former = lives.get(continued);
        for (int i = 0; i < lives.size(); i++) {
            Life.Claim claim = lives.get(i).claim();
            if (claim != null && claim.firstMillis() == former.firstMillis()) {
                join(
                        former,
                        lives.get(i).firstMillis(),
                        claim,
                        SnapshotCodec.decode(claim.snapshot()),
                        false);
                lives.set(i, lives.get(i).withoutClaim());
            }
        }
        lives.set(continued, former.continued(false));
    }

    /** Forgets lives that do not come back, and claims on them. */
    private void forget(long millis) {
        long horizon = millis - LedgerState.FORGET_MILLIS;
        if (lives.stream().allMatch(life -> life.lastMillis() >= horizon)) {
            return;
        }
        Life heardLast =
                lives.stream().filter(life -> !life.isContinued()).max(HEARD_LAST).orElse(null);
        lives.removeIf(life -> life.lastMillis() < horizon && life != heardLast);
        dropClaims();
    }

    private void forgetSilent() {
        Life silent =
                lives.stream()
                        .filter(Life::isContinued)
                        .min(HEARD_LAST)
                        .orElseGet(() -> lives.stream().min(HEARD_LAST).orElseThrow());
        lives.remove(silent);
        dropClaims();
    }

    private void dropClaims() {
        lives.replaceAll(life -> {
            Life.Claim claim = life.claim();
            return claim == null
                            || lives.stream()
                                    .anyMatch(other -> other.firstMillis() == claim.firstMillis())
                    ? life
                    : life.withoutClaim();
        });
    }

    private void book(
            CounterChange change,
            CounterSet before,
            CounterSet now,
            long from,
            long to,
            Snapshot snapshot,
            boolean isPresent) {
        bookUsage(change.increases(), from, to, isPresent);
        long[] repairs = change.increases().get(SeriesKey.REPAIRS);
        if (repairs != null && repairs[UsageCounter.CALLS.ordinal()] > 0) {
            put(
                    new LedgerEvent.RepairsMade(
                            to,
                            repairs[UsageCounter.CALLS.ordinal()],
                            repairs[UsageCounter.SUCCESSES.ordinal()],
                            repairs[UsageCounter.FAILURES.ordinal()],
                            repairs[UsageCounter.TOKENS.ordinal()],
                            repairs[UsageCounter.COST_MICROS.ordinal()],
                            snapshot.repairs().last()),
                    isPresent);
        }
        adjusted(to, Adjustment.REBASELINE, change.rebaselined(), before, now, isPresent);
        adjusted(to, Adjustment.RESET, change.reset(), before, now, isPresent);
        if (isImplausible(change, to - from)) {
            adjusted(to, Adjustment.IMPLAUSIBLE, List.of(SeriesKey.TOTAL), before, now, isPresent);
        }
    }

    /**
     * Over a silence it waits for beats that fill it: spread at once, each of them would move it
     * all.
     */
    private void bookUsage(
            SortedMap<SeriesKey, long[]> increases, long from, long to, boolean isPresent) {
        if (increases.isEmpty()) {
            return;
        }
        if (!UsageSpread.isSpread(from, to)) {
            UsageSpread.book(increases, from, to, isPresent ? 1 : -1, facts);
            return;
        }
        Gap gap = new Gap(from, to, CounterSet.ofIncreases(increases).encode());
        if (isPresent) {
            UsageSpread.bookAtOnce(increases, to, 1, facts);
            gaps.add(gap);
            if (gaps.size() > LedgerState.MAX_GAPS) {
                spread(gaps.removeFirst());
            }
        } else if (gaps.remove(gap)) {
            UsageSpread.bookAtOnce(increases, to, -1, facts);
        } else {
            UsageSpread.book(increases, from, to, -1, facts);
        }
    }

    private void settle(long millis) {
        while (!gaps.isEmpty() && millis - gaps.getFirst().to() > LedgerState.SETTLE_MILLIS) {
            spread(gaps.removeFirst());
        }
    }

    private void spread(Gap gap) {
        SortedMap<SeriesKey, long[]> increases = CounterSet.decode(gap.increases()).increases();
        UsageSpread.bookAtOnce(increases, gap.to(), -1, facts);
        UsageSpread.book(increases, gap.from(), gap.to(), 1, facts);
    }

    private static boolean isImplausible(CounterChange change, long millis) {
        long[] sums = change.increases().get(SeriesKey.TOTAL);
        long minutes = millis / 60_000 + 1;
        return sums != null
                && (sums[UsageCounter.COST_MICROS.ordinal()] / minutes > IMPLAUSIBLE_COST_MICROS
                        || sums[UsageCounter.TOKENS.ordinal()] / minutes > IMPLAUSIBLE_TOKENS);
    }

    private void put(LedgerEvent event, boolean isPresent) {
        if (isPresent) {
            facts.put(event);
        } else {
            facts.remove(event);
        }
    }

    private void adjusted(
            long millis,
            Adjustment adjustment,
            List<SeriesKey> series,
            CounterSet before,
            CounterSet now,
            boolean isPresent) {
        if (series.isEmpty()) {
            return;
        }
        Counters sumsBefore = before.get(SeriesKey.TOTAL);
        Counters sumsNow = now.get(SeriesKey.TOTAL);
        put(
                new LedgerEvent.UsageAdjusted(
                        millis,
                        adjustment,
                        series.size(),
                        series.stream()
                                .limit(LedgerEvent.UsageAdjusted.MAX_EXAMPLES)
                                .map(SeriesKey::toString)
                                .toList(),
                        sumsBefore.value(UsageCounter.TOKENS),
                        sumsNow.value(UsageCounter.TOKENS),
                        sumsBefore.value(UsageCounter.COST_MICROS),
                        sumsNow.value(UsageCounter.COST_MICROS)),
                isPresent);
    }

    private static boolean hasRepairs(CounterChange change) {
        return change.increases().containsKey(SeriesKey.REPAIRS);
    }
}
