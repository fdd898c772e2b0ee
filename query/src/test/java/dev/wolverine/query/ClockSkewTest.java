package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockSkewTest {

    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private ClockSkew clock = ClockSkew.of(States.beat(START.minusSeconds(30), START));

    @Test
    void isNotKnownFromOneBeat() {
        assertThat(clock.millis()).isNull();
    }

    @Test
    void isTheDifferenceOfBeatsThatComeAtTheirOwnPace() {
        beat(60_000 + 3_200, 60_000);
        assertThat(clock.millis()).isNull();
        beat(120_000 + 3_200, 120_000);
        assertThat(clock.millis()).isEqualTo(-3_200);
    }

    @Test
    void isSmoothed() {
        beat(0, 0);
        beat(60_000, 60_040);
        beat(120_000, 120_440);
        assertThat(clock.millis()).isEqualTo(40 + 100);
    }

    @Test
    void aQueueThatIsSentLateIsNoSkew() {
        for (int minute = 1; minute <= 100; minute++) {
            beat(minute * 60_000L, 6_000_000 + minute * 3L);
        }
        assertThat(clock.millis()).isNull();
        beat(101 * 60_000L, 101 * 60_000L);
        beat(102 * 60_000L, 102 * 60_000L);
        assertThat(clock.millis()).isZero();
    }

    @Test
    void neitherIsTheQueueOfAServerThatBeatsEverySecond() {
        for (int second = 1; second <= 100; second++) {
            beat(second * 1_000L, 900_000 + second * 3L);
        }
        assertThat(clock.millis()).isNull();
    }

    @Test
    void aQueueThatFollowsItsLiveBeatChangesNothing() {
        beat(0, 20);
        beat(60_000, 60_020);
        beat(60_000, 85_000);
        beat(120_000, 120_020);
        assertThat(clock.millis()).isEqualTo(20);
    }

    @Test
    void theLiveBeatAfterAnOutageCounts() {
        beat(0, 0);
        beat(3_600_000, 3_601_000);
        assertThat(clock.millis()).isEqualTo(1_000);
    }

    @Test
    void aClockThatWasSetIsAnotherOne() {
        beat(0, 0);
        beat(60_000, 60_000);
        beat(420_000, 120_000);
        assertThat(clock.millis()).as("of the one before").isZero();
        beat(480_000, 180_000);
        assertThat(clock.millis()).isEqualTo(-300_000);
    }

    private void beat(long theirMillis, long ourMillis) {
        clock = clock.next(States.beat(START.plusMillis(theirMillis), START.plusMillis(ourMillis)));
    }
}
