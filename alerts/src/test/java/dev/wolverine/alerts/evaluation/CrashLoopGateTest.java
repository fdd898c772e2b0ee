package dev.wolverine.alerts.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.crash.CrashLoopRule;
import org.junit.jupiter.api.Test;

final class CrashLoopGateTest {

    private final CrashLoopEvaluation.Table table =
            new CrashLoopEvaluation(CrashLoopRule.standard(), 7_001).evaluate(20);

    @Test
    void everyLoopOfUpToTenMinutesIsFoundWithinTwoPeriodsAndThreeMinutes() {
        assertThat(table.recallInTime(600)).isEqualTo(1);
    }

    @Test
    void everyLoopIsFoundAfterADeployToo() {
        assertThat(table.loops()).allMatch(row -> row.detected() == row.loops());
    }

    @Test
    void noDeployOfAnySizeIsALoop() {
        assertThat(table.calm()).hasSize(18);
        assertThat(table.falseAlarms()).isZero();
    }
}
