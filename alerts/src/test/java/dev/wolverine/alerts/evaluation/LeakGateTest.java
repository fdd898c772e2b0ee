package dev.wolverine.alerts.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.leak.LeakRule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators can rely on, measured on seeds that nothing was tuned on. */
final class LeakGateTest {

    private static final int HEALTHY_PER_KIND = 5;
    private static final int LEAKING_PER_KIND = 8;

    private static LeakReport report = new LeakReport(List.of());

    @BeforeAll
    static void evaluate() {
        report =
                new LeakEvaluation(LeakRule.standard())
                        .evaluate(
                                LeakCorpus.HELD_OUT_SEEDS.stream()
                                        .flatMap(seed ->
                                                LeakCorpus.of(
                                                        seed, HEALTHY_PER_KIND, LEAKING_PER_KIND)
                                                        .stream())
                                        .toList());
    }

    @Test
    void nineOfTenAlarmsAreLeaks() {
        assertThat(report.precision()).isGreaterThanOrEqualTo(0.90);
    }

    @Test
    void fourOfFiveLeaksAreFound() {
        assertThat(report.recall()).isGreaterThanOrEqualTo(0.80);
    }

    @Test
    void nearlyAllLeaksAreFoundThatAreSteepAndThatNoRestartHides() {
        assertThat(report.recallUnmasked(10)).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void aHealthyServerCriesWolfLessThanOnceAMonth() {
        assertThat(report.alarmsPerHealthyServerDay()).isLessThanOrEqualTo(0.03);
    }

    @Test
    void leaksOfTenMegabytesAnHourAreFoundWithinNineHours() {
        assertThat(medianDelayHours(10)).isLessThanOrEqualTo(9);
    }

    @Test
    void leaksOfThirtyMegabytesAnHourAreFoundWithinSix() {
        assertThat(medianDelayHours(30)).isLessThanOrEqualTo(6);
    }

    private static double medianDelayHours(double mbPerHour) {
        return new LeakEvaluation(LeakRule.standard())
                .evaluate(LeakCorpus.evenLeaks(LeakCorpus.HELD_OUT_SEEDS.getFirst(), 61, mbPerHour))
                .band(mbPerHour, mbPerHour + 1)
                .medianDelayHours()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
