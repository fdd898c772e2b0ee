package dev.wolverine.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.ledger.CheckReport.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    private static final PlannedFault KILL =
            new PlannedFault(Duration.ofSeconds(5), FaultKind.KILL_REDIS, Duration.ZERO);
    private static final Finding NOTHING_LOST = Finding.of("lost", List.of());

    private static ChaosReport report(
            long acknowledged, boolean fired, List<Finding> findings, List<String> doubts) {
        return ChaosReport.of(
                new ChaosPlan(Duration.ofMinutes(1), 1, Set.of(FaultKind.KILL_REDIS), 1, 1),
                10,
                acknowledged,
                "",
                1,
                List.of(new FaultRecord(KILL, fired, Duration.ofMillis(12), "")),
                findings,
                doubts);
    }

    @Test
    void isValidWhereEveryPromiseWasKept() {
        ChaosReport report = report(10, true, List.of(NOTHING_LOST), List.of());

        assertThat(report.verdict()).isEqualTo(Verdict.VALID);
        assertThat(report.recoveries()).containsEntry(FaultKind.KILL_REDIS, List.of(12L));
    }

    @Test
    void isUnknownWhereAFaultDidNotStrike() {
        ChaosReport report = report(10, false, List.of(NOTHING_LOST), List.of());

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.reason()).isEqualTo("0 of 1 faults struck");
    }

    @Test
    void isUnknownWhereNothingWasAcknowledged() {
        assertThat(report(0, true, List.of(NOTHING_LOST), List.of()).verdict())
                .isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void isUnknownWhereTheStoreCannotBeRead() {
        assertThat(report(10, true, List.of(NOTHING_LOST), List.of("no answer")).verdict())
                .isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void isInvalidWhereAPromiseWasBrokenWhateverElseIsUnknown() {
        ChaosReport report =
                report(10, false, List.of(Finding.of("lost", List.of("one"))), List.of("no"));

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.broken("lost")).isEqualTo(1);
        assertThat(report.reason()).isEqualTo("broken: lost 1");
    }
}
