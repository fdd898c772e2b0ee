package dev.wolverine.alerts.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LifetimeTest {

    private final Lifetime lifetime = new Lifetime();

    @Test
    void nothingCountsBeforeItBegan() {
        live(1_000_000, 1_100_000);
        assertThat(lifetime.between(0, 1_100_000)).isEqualTo(100_000);
    }

    @Test
    void anAbsenceOfOursDoesNotCount() {
        live(0, 100_000);
        live(700_000, 800_000);
        assertThat(lifetime.between(50_000, 800_000)).isEqualTo(150_000);
    }

    @Test
    void aClockThatJumpsAheadCountsForNothing() {
        live(0, 100_000);
        assertThat(lifetime.between(90_000, 3_700_000))
                .isEqualTo(10_000 + Lifetime.TOLERATED_MILLIS);
        live(3_700_000, 3_750_000);
        assertThat(lifetime.between(90_000, 3_750_000)).isEqualTo(60_000);
    }

    @Test
    void aClockThatGoesBackForgetsWhatIsAhead() {
        live(0, 100_000);
        live(3_700_000, 3_750_000);
        live(150_000, 250_000);
        assertThat(lifetime.between(90_000, 250_000)).isEqualTo(160_000);
        assertThat(lifetime.between(300_000, 250_000)).isZero();
    }

    private void live(long from, long until) {
        for (long millis = from; millis <= until; millis += 10_000) {
            lifetime.alive(millis);
        }
    }
}
