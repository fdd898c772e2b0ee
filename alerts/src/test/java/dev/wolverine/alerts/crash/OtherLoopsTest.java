package dev.wolverine.alerts.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Loops of repairs, alerts that flap, and restarts that a whole fleet makes. */
final class OtherLoopsTest {

    private final HealLoopRule heal = HealLoopRule.standard();
    private final FleetEventRule fleet = FleetEventRule.standard();

    @Test
    void repairsOfTheSameErrorAreALoopWhateverItsNumbersSay() {
        HealLoopRule.Verdict verdict =
                heal.judge(
                        List.of(
                                repair(100, "TypeError at line 12: 'a'", 0),
                                repair(900, "TypeError at line 13: 'b'", 0),
                                repair(1_800, "typeerror  at line 14: 'c'", 0)),
                        2_000);

        assertThat(verdict.reason()).isEqualTo(HealLoopRule.Reason.SAME_ERROR);
        assertThat(verdict.sinceSecond()).hasValue(100);
        assertThat(verdict.sentence())
                .isEqualTo("3 repairs of the same error within an hour: 1.50 dollars burnt.");
    }

    @Test
    void differentErrorsAreNoLoop() {
        assertThat(
                        heal.judge(
                                        List.of(
                                                repair(1, "a", 0),
                                                repair(2, "b", 0),
                                                repair(3, "c", 1)),
                                        10)
                                .fires())
                .isFalse();
    }

    @Test
    void countsAloneAreALoopIfNoneHelps() {
        List<HealLoopRule.Repairs> failing =
                List.of(repair(10, "", 0), repair(70, "", 0), repair(130, "", 0));
        List<HealLoopRule.Repairs> helping = new ArrayList<>(failing);
        helping.add(repair(190, "", 1));

        assertThat(heal.judge(failing, 200).reason()).isEqualTo(HealLoopRule.Reason.NO_SUCCESS);
        assertThat(heal.judge(helping, 200).fires()).isFalse();
    }

    @Test
    void aRepairThatHelpedAndComesBackThreeTimesADayIsALoop() {
        List<HealLoopRule.Repairs> repairs =
                IntStream.range(0, 4)
                        .mapToObj(i -> repair(i * 10_000, "out of memory", 1))
                        .toList();

        assertThat(heal.judge(repairs, 30_100).reason()).isEqualTo(HealLoopRule.Reason.COMES_BACK);
        assertThat(heal.judge(repairs.subList(0, 3), 30_100).fires()).isFalse();
    }

    @Test
    void fourChangesInTwentyEvaluationsFlap() {
        FlapHistory history = FlapHistory.empty();
        for (boolean firing : new boolean[] {true, false, true, false}) {
            history = history.with(firing);
        }
        assertThat(history.isFlapping()).isFalse();
        assertThat(history.with(true).isFlapping()).isTrue();
        for (int i = 0; i < 20; i++) {
            history = history.with(false);
        }
        assertThat(history.changes()).isZero();
    }

    @Test
    void aThirdOfAVersionThatRestartsTogetherIsOneEvent() {
        List<FleetEventRule.Restart> restarts =
                IntStream.range(0, 15)
                        .mapToObj(i -> new FleetEventRule.Restart("server" + i, "1.2", i * 8))
                        .toList();

        List<FleetEventRule.FleetEvent> events = fleet.find(restarts, Map.of("1.2", 50));

        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.servers()).hasSize(15));
        assertThat(fleet.find(restarts.subList(0, 14), Map.of("1.2", 50))).isEmpty();
    }

    @Test
    void oneServerThatRestartsOftenIsNoEvent() {
        List<FleetEventRule.Restart> restarts =
                IntStream.range(0, 30)
                        .mapToObj(i -> new FleetEventRule.Restart("server", "1.2", i * 4))
                        .toList();

        assertThat(fleet.find(restarts, Map.of("1.2", 3))).isEmpty();
    }

    private static HealLoopRule.Repairs repair(long second, String error, int successes) {
        return new HealLoopRule.Repairs(second, error, 1, successes, 500_000);
    }
}
