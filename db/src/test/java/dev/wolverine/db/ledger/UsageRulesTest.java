package dev.wolverine.db.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.ledger.LedgerEvent.Adjustment;
import dev.wolverine.db.ledger.LedgerEvent.Cause;
import dev.wolverine.db.ledger.LedgerEvent.Process;
import dev.wolverine.db.ledger.LedgerEvent.Status;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Each rule of usage, with numbers that can be followed by hand. Costs are micro-dollars. */
@NullUnmarked
class UsageRulesTest {

    private static final Identity SERVER = new Identity(new UUID(7, 7), "wlv_a");

    /** The beginning of a quarter of an hour. */
    private static final long NOON = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    private final LedgerFacts facts = new LedgerFacts();
    private final ServerLedger ledger = new ServerLedger(LedgerState.EMPTY, facts);

    @Test
    void theFirstTotalsOfAServerAreNobodysSpend() {
        beat(0, 1_000, cost(5_000_000));
        assertThat(spent()).isZero();
    }

    @Test
    void whatACounterGrewByIsSpent() {
        beat(0, 1_000, cost(100));
        beat(60, 1_000, cost(130));
        beat(120, 1_000, cost(130));
        beat(180, 1_000, cost(137));
        assertThat(spent()).isEqualTo(37);
        assertThat(ledger.state().lives()).hasSize(1);
    }

    @Test
    void aStartThatWobblesIsOneLife() {
        beat(0, 1_000, cost(100));
        beat(60, 1_005, cost(110));
        beat(120, 1_001, cost(120));
        assertThat(ledger.state().lives()).hasSize(1);
        assertThat(spent()).isEqualTo(20);
    }

    @Test
    void aRestartThatKeptItsFilesGoesOn() {
        beat(0, 1_000, cost(100));
        beat(60, -55, cost(104));
        assertThat(spent()).isEqualTo(4);
    }

    @Test
    void aRestartThatLostItsFilesSpentWhatItShows() {
        beat(0, 1_000, cost(100));
        beat(60, -55, cost(3));
        beat(120, -55, cost(5));
        assertThat(spent()).isEqualTo(5);
        assertThat(adjustments()).containsExactly(Adjustment.RESET);
    }

    @Test
    void aCounterThatFallsInPartSpendsNothingAndIsToldOf() {
        beat(0, 1_000, cost(100).model("opus", 60).model("haiku", 40));
        beat(60, 1_000, cost(100).model("opus", 50).model("haiku", 40));
        beat(120, 1_000, cost(104).model("opus", 54).model("haiku", 40));
        assertThat(spent()).isEqualTo(4);
        assertThat(spent("opus")).isEqualTo(4);
        assertThat(adjustments()).containsExactly(Adjustment.REBASELINE);
    }

    @Test
    void whenEverythingFallsTogetherTheFilesWereLostWithoutARestart() {
        beat(0, 1_000, cost(100).model("opus", 100));
        beat(60, 1_000, cost(7).model("haiku", 7));
        beat(120, 1_000, cost(12).model("haiku", 7).model("opus", 5));
        assertThat(spent()).isEqualTo(12);
        assertThat(spent("opus")).as("what it had before the loss does not count").isEqualTo(5);
    }

    @Test
    void aSeriesThatIsAbsentForAWhileKeepsItsValue() {
        beat(0, 1_000, cost(100).model("opus", 60));
        beat(60, 1_000, cost(100));
        beat(120, 1_000, cost(110).model("opus", 70));
        assertThat(spent("opus")).isEqualTo(10);
    }

    @Test
    void aModelThatIsFirstUsedSpentAllItShows() {
        beat(0, 1_000, cost(100).model("opus", 100));
        beat(60, 1_000, cost(130).model("opus", 100).model("haiku", 30));
        assertThat(spent("haiku")).isEqualTo(30);
    }

    @Test
    void aBreakdownThatAnUpgradeBringsIsAnOpeningBalance() {
        beat(0, 1_000, cost(100));
        beat(60, -55, cost(110).model("opus", 110));
        beat(120, -55, cost(115).model("opus", 115));
        assertThat(spent()).isEqualTo(15);
        assertThat(spent("opus")).isEqualTo(5);
    }

    @Test
    void twoInstancesOnOneIdNeverInventSpend() {
        for (int minute = 0; minute < 10; minute++) {
            beat(60 * minute, 1_000, cost(100 + minute));
            beat(60 * minute + 20, 5_000, cost(90_000 + 2L * minute));
        }
        assertThat(spent()).isEqualTo(9 + 2 * 9);
        assertThat(ledger.state().instances()).isEqualTo(2);
        assertThat(restarts()).as("none of them was restarted").isEmpty();
    }

    @Test
    void twoInstancesThatStartedInTheSameSecondAreToldApartByTheirSums() {
        for (int minute = 0; minute < 10; minute++) {
            beat(60 * minute, 1_000, cost(90_000 + 2L * minute));
            beat(60 * minute + 20, 1_000, cost(100 + minute));
        }
        assertThat(spent()).isEqualTo(9 + 2 * 9);
        assertThat(ledger.state().instances()).isEqualTo(2);
    }

    @Test
    void eachOfTwoInstancesThatRestartContinuesItsOwnLife() {
        beat(0, 1_000, cost(100));
        beat(10, 5_000, cost(90_000));
        beat(60, 1_000, cost(101));
        beat(70, 5_000, cost(90_001));
        beat(300, -290, cost(90_005));
        beat(310, -200, cost(103));
        assertThat(spent()).isEqualTo(1 + 1 + 4 + 2);
    }

    @Test
    void aLateBeatMovesSpendBetweenHoursAndChangesNoSum() {
        beat(0, 1_000, cost(0));
        beat(60, 1_000, cost(0));
        beat(3_600, 1_000, cost(3_540));
        assertThat(byQuarter())
                .as("as long as it may be filled")
                .containsExactly(Map.entry(4L, 3_540L));
        beat(7_201, 1_000, cost(3_540));
        Map<Long, Long> without = byQuarter();
        LedgerFacts with = new LedgerFacts();
        ServerLedger other = new ServerLedger(LedgerState.EMPTY, with);
        other.add(heartbeat(0, 1_000, cost(0)));
        other.add(heartbeat(60, 1_000, cost(0)));
        other.add(heartbeat(1_860, 1_000, cost(3_540)));
        other.add(heartbeat(3_600, 1_000, cost(3_540)));
        other.add(heartbeat(7_201, 1_000, cost(3_540)));
        assertThat(without)
                .containsExactly(
                        Map.entry(0L, 840L),
                        Map.entry(1L, 900L),
                        Map.entry(2L, 900L),
                        Map.entry(3L, 900L));
        assertThat(byQuarter(with))
                .containsExactly(Map.entry(0L, 1_652L), Map.entry(1L, 1_770L), Map.entry(2L, 118L));
    }

    @Test
    void aSilenceIsSpreadOverItsQuartersToTheLastMicroDollarAndSaysSo() {
        beat(0, 1_000, cost(0));
        beat(2_700, 1_000, cost(100));
        beat(6_301, 1_000, cost(100));
        assertThat(byQuarter())
                .containsExactly(Map.entry(0L, 34L), Map.entry(1L, 33L), Map.entry(2L, 33L));
        facts.dropZeros();
        assertThat(facts.usage().values()).allMatch(cell -> cell[LedgerFacts.ESTIMATED] == 1);
    }

    @Test
    void twoIntervalsAreNoSilence() {
        beat(840, 1_000, cost(0));
        beat(960, 1_000, cost(100));
        assertThat(byQuarter()).containsExactly(Map.entry(1L, 100L));
        assertThat(facts.usage().values()).allMatch(cell -> cell[LedgerFacts.ESTIMATED] == 0);
    }

    @Test
    void aJumpThatNobodyBelievesIsBookedAndMarked() {
        beat(0, 1_000, cost(0));
        beat(60, 1_000, cost(900_000_000));
        assertThat(spent()).isEqualTo(900_000_000);
        assertThat(adjustments()).containsExactly(Adjustment.IMPLAUSIBLE);
    }

    @Test
    void repairsAreCountedBesideUsage() {
        beat(0, 1_000, cost(100).repairs(4, 3));
        beat(60, 1_000, cost(100).repairs(7, 5));
        assertThat(spent()).isZero();
        assertThat(events(LedgerEvent.RepairsMade.class))
                .singleElement()
                .satisfies(made -> {
                    assertThat(made.repairs()).isEqualTo(3);
                    assertThat(made.successes()).isEqualTo(2);
                });
    }

    @Test
    void restartsSayHowLongTheProcessLivedAndWhy() {
        beat(0, 1_000, cost(0).pid(7).memory(100));
        beat(60, 1_000, cost(0).pid(7).memory(100));
        beat(120, 1_000, cost(0).pid(7).memory(400));
        beat(180, 1_000, cost(0).pid(8).memory(50));
        beat(240, 1_000, cost(0).pid(9).memory(50).down());
        beat(300, 1_000, cost(0).pid(10).memory(50).repairs(1, 1));
        beat(900, -800, cost(0).pid(11).memory(50).repairs(1, 1));
        assertThat(restarts())
                .extracting(
                        LedgerEvent.Restart::process,
                        LedgerEvent.Restart::lifetimeSeconds,
                        LedgerEvent.Restart::memoryBeforeMb,
                        LedgerEvent.Restart::cause)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Process.CHILD, 120L, 400, Cause.MEMORY),
                        org.assertj.core.groups.Tuple.tuple(Process.CHILD, 0L, 50, Cause.CRASH),
                        org.assertj.core.groups.Tuple.tuple(Process.CHILD, 0L, 50, Cause.REPAIR),
                        org.assertj.core.groups.Tuple.tuple(
                                Process.RUNNER, 1_300L, 50, Cause.OUTAGE));
    }

    @Test
    void statusIsLoggedWhenItChangesAndSilenceFromItsGraceOn() {
        beat(0, 1_000, cost(0));
        beat(60, 1_000, cost(0));
        beat(120, 1_000, cost(0).down());
        beat(180, 1_000, cost(0).down());
        beat(1_000, 1_000, cost(0));
        assertThat(events(LedgerEvent.StatusChange.class))
                .extracting(
                        change -> (change.millis() - NOON) / 1000, LedgerEvent.StatusChange::status)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0L, Status.HEALTHY),
                        org.assertj.core.groups.Tuple.tuple(120L, Status.DOWN),
                        org.assertj.core.groups.Tuple.tuple(330L, Status.UNREACHABLE),
                        org.assertj.core.groups.Tuple.tuple(1_000L, Status.HEALTHY));
    }

    private void beat(int second, int startedBefore, Said said) {
        ledger.add(heartbeat(second, startedBefore, said));
    }

    /**
     * @param second after noon
     * @param startedBefore seconds before noon that the runner started; negative: after it
     */
    private static Heartbeat heartbeat(int second, int startedBefore, Said said) {
        byte[] snapshot = SnapshotCodec.encode(said.snapshot());
        return new Heartbeat(
                SERVER,
                Instant.ofEpochMilli(NOON + second * 1000L),
                Instant.ofEpochMilli(NOON + second * 1000L),
                said.status,
                said.pid,
                second + startedBefore,
                said.memoryMb,
                Heartbeat.ABSENT,
                Heartbeat.ABSENT,
                Heartbeat.ABSENT,
                Heartbeat.ABSENT,
                Heartbeat.ABSENT,
                0,
                snapshot,
                SnapshotCodec.hash(snapshot));
    }

    private long spent() {
        return spent(SeriesKey.TOTAL);
    }

    private long spent(String model) {
        return spent(new SeriesKey(UsageDimension.MODEL, model, ""));
    }

    private long spent(SeriesKey series) {
        return facts.usage().entrySet().stream()
                .filter(entry -> entry.getKey().series().equals(series))
                .mapToLong(entry -> entry.getValue()[UsageCounter.COST_MICROS.ordinal()])
                .sum();
    }

    private Map<Long, Long> byQuarter() {
        return byQuarter(facts);
    }

    /** Quarters after noon. */
    private static Map<Long, Long> byQuarter(LedgerFacts facts) {
        Map<Long, Long> quarters = new TreeMap<>();
        facts.usage()
                .forEach((key, cell) ->
                        quarters.put(
                                key.quarter() - NOON / UsageKey.QUARTER_MILLIS,
                                cell[UsageCounter.COST_MICROS.ordinal()]));
        quarters.values().removeIf(micros -> micros == 0);
        return quarters;
    }

    private List<Adjustment> adjustments() {
        return events(LedgerEvent.UsageAdjusted.class).stream()
                .map(LedgerEvent.UsageAdjusted::adjustment)
                .toList();
    }

    private List<LedgerEvent.Restart> restarts() {
        return events(LedgerEvent.Restart.class);
    }

    private <E extends LedgerEvent> List<E> events(Class<E> type) {
        return facts.events().values().stream()
                .filter(LedgerFacts.Change::isPresent)
                .map(LedgerFacts.Change::event)
                .filter(type::isInstance)
                .map(type::cast)
                .sorted(java.util.Comparator.comparingLong(LedgerEvent::millis))
                .toList();
    }

    private static Said cost(long micros) {
        return new Said(micros);
    }

    /** What an instance says in a beat. */
    private static final class Said {
        private final long costMicros;
        private final List<Snapshot.UsageEntry> models = new ArrayList<>();
        private ReportedStatus status = ReportedStatus.HEALTHY;
        private int pid = 7;
        private int memoryMb = 100;
        private long repairs;
        private long successes;

        Said(long costMicros) {
            this.costMicros = costMicros;
        }

        Said model(String model, long micros) {
            long[] values = new long[Snapshot.Counter.values().length];
            values[Snapshot.Counter.COST.ordinal()] = micros;
            models.add(
                    new Snapshot.UsageEntry(
                            Snapshot.Dimension.MODEL,
                            model,
                            "",
                            1 << Snapshot.Counter.COST.ordinal(),
                            values));
            return this;
        }

        Said repairs(long total, long succeeded) {
            repairs = total;
            successes = succeeded;
            return this;
        }

        Said pid(int child) {
            pid = child;
            return this;
        }

        Said memory(int megabytes) {
            memoryMb = megabytes;
            return this;
        }

        Said down() {
            status = ReportedStatus.DOWN;
            return this;
        }

        Snapshot snapshot() {
            return new Snapshot(
                    "5.2.9",
                    null,
                    null,
                    null,
                    null,
                    null,
                    new Snapshot.Repairs(repairs, successes, null, null, null, null, null, null),
                    new Snapshot.Totals(null, null, costMicros, null),
                    models,
                    null,
                    new TreeMap<>(),
                    Snapshot.Backups.NONE,
                    List.of(),
                    new TreeMap<>());
        }
    }
}
