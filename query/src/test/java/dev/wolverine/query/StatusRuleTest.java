package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerMarks;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusRuleTest {

    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant NOW = START.plus(Duration.ofHours(1));

    private final StatusRule rule = new StatusRule(START);

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
        assertThat(rule.judge(States.seen(lastSeen), Rhythm.STOCK, START.plusSeconds(150)).status())
                .isEqualTo(Status.UNKNOWN);
        assertThat(rule.judge(States.seen(lastSeen), Rhythm.STOCK, START.plusSeconds(151)).status())
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

    @Test
    void whoBeatsEveryFiveMinutesIsNotSilentBetweenTwoBeats() {
        Rhythm slow = beats(Rhythm.STOCK, 40, 300);
        assertThat(slow.grace()).isBetween(Duration.ofSeconds(700), Duration.ofSeconds(900));
        assertThat(rule.judge(States.seen(NOW.minusSeconds(320)), slow, NOW).status())
                .isEqualTo(Status.HEALTHY);
    }

    @Test
    void whoBeatsEverySecondIsMissedSoon() {
        Rhythm quick = beats(Rhythm.STOCK, 60, 1);
        assertThat(quick.grace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(rule.judge(States.seen(NOW.minusSeconds(11)), quick, NOW).reason())
                .isEqualTo("silent");
    }

    @Test
    void oneSilenceAndADrainedQueueDoNotMakeAnotherRhythm() {
        Rhythm afterSilence = beats(Rhythm.STOCK, 1, 86_400);
        assertThat(afterSilence.grace()).isLessThan(Duration.ofMinutes(5));
        assertThat(beats(afterSilence, 30, 60).grace())
                .isBetween(Duration.ofSeconds(150), Duration.ofSeconds(156));
        Rhythm drained =
                Rhythm.STOCK.next(
                        States.beat(NOW.minusSeconds(600), NOW),
                        States.beat(NOW.minusSeconds(540), NOW.plusMillis(3)));
        assertThat(drained).isEqualTo(Rhythm.STOCK);
    }

    @Test
    void aSentenceSaysStatusReasonAndSince() {
        assertThat(view(Status.DEGRADED, NOW.minusSeconds(60), "2 of 8 routes failing").sentence())
                .isEqualTo("degraded: 2 of 8 routes failing since 10:59 UTC");
        assertThat(view(Status.HEALTHY, NOW.minus(Duration.ofDays(3)), "beating").sentence())
                .isEqualTo("healthy: beating since 2026-11-18 11:00 UTC");
        assertThat(view(Status.DOWN, NOW, "silent").sentence())
                .isEqualTo("down: silent since 2026-11-21 11:00 UTC");
        assertThat(view(Status.UNKNOWN, NOW, "not heard since the platform started").sentence())
                .isEqualTo("unknown: not heard since the platform started");
    }

    private static ServerView view(Status status, Instant since, String reason) {
        var state = States.seen(NOW);
        return new ServerView(
                state, status, since, reason, ClockSkew.of(state), Rhythm.STOCK, ServerMarks.NONE);
    }

    /** After so many beats, so many seconds apart. */
    private static Rhythm beats(Rhythm before, int count, int seconds) {
        Rhythm rhythm = before;
        Instant at = NOW;
        for (int i = 0; i < count; i++) {
            Instant next = at.plusSeconds(seconds);
            rhythm = rhythm.next(States.beat(at, at), States.beat(next, next));
            at = next;
        }
        return rhythm;
    }

    private StatusRule.Verdict judge(dev.wolverine.db.model.ServerState state) {
        return rule.judge(state, Rhythm.STOCK, NOW);
    }
}
