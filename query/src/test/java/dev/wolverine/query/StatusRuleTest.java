package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.ReportedStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusRuleTest {

    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant NOW = START.plus(Duration.ofHours(1));

    private final StatusRule rule = new StatusRule(Duration.ofSeconds(150), START);

    @Test
    void aServerThatBeatsAndHasNothingToReportIsHealthy() {
        assertThat(judge(States.seen(NOW.minusSeconds(60))).status()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void silenceBeyondTheGraceIsDownSinceTheLastBeat() {
        Instant lastSeen = NOW.minusSeconds(151);
        assertThat(judge(States.seen(lastSeen)))
                .isEqualTo(new StatusRule.Verdict(Status.DOWN, lastSeen, "silent"));
        assertThat(judge(States.seen(NOW.minusSeconds(150))).status()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void silenceFromBeforeWeListenedIsUnknownUntilAGraceHasPassed() {
        Instant lastSeen = START.minusSeconds(600);
        assertThat(rule.judge(States.seen(lastSeen), START.plusSeconds(150)).status())
                .isEqualTo(Status.UNKNOWN);
        assertThat(rule.judge(States.seen(lastSeen), START.plusSeconds(151)).status())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void whatTheClientSaysOfItselfCounts() {
        assertThat(judge(States.reporting(NOW, ReportedStatus.DOWN)).status())
                .isEqualTo(Status.DOWN);
        assertThat(judge(States.reporting(NOW, ReportedStatus.DEGRADED)).reason())
                .isEqualTo("reports itself degraded");
    }

    @Test
    void failingRoutesAreCountedInTheReason() {
        StatusRule.Verdict verdict = judge(States.routes(NOW, 8, 2));
        assertThat(verdict.status()).isEqualTo(Status.DEGRADED);
        assertThat(verdict.reason()).isEqualTo("2 of 8 routes failing");
    }

    private StatusRule.Verdict judge(dev.wolverine.db.model.ServerState state) {
        return rule.judge(state, NOW);
    }
}
