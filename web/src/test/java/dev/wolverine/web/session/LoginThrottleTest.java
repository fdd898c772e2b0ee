package dev.wolverine.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private final TickingClock clock = new TickingClock();
    private final LoginThrottle throttle = new LoginThrottle(clock);

    @Test
    void fiveTriesAreFreeThenTheDelayDoubles() {
        for (int i = 0; i < 5; i++) {
            assertThat(throttle.tryLogin("a@b", "1.2.3.4")).isEmpty();
        }
        assertThat(throttle.tryLogin("a@b", "1.2.3.4")).contains(Duration.ofSeconds(1));
        clock.tick(Duration.ofSeconds(1));
        assertThat(throttle.tryLogin("a@b", "1.2.3.4")).isEmpty();
        assertThat(throttle.tryLogin("A@B", "1.2.3.4")).contains(Duration.ofSeconds(2));
        assertThat(LoginThrottle.delayAfter(100)).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void aRefusedTryDoesNotMakeTheWaitLonger() {
        for (int i = 0; i < 50; i++) {
            throttle.tryLogin("a@b", "1.2.3.4");
        }
        assertThat(throttle.tryLogin("a@b", "1.2.3.4")).contains(Duration.ofSeconds(1));
    }

    @Test
    void anotherAddressOrAddressee() {
        for (int i = 0; i < 6; i++) {
            throttle.tryLogin("a@b", "1.2.3.4");
        }
        assertThat(throttle.tryLogin("a@b", "1.2.3.5")).isEmpty();
        assertThat(throttle.tryLogin("c@d", "1.2.3.4")).isEmpty();
    }

    @Test
    void successAndAnHourOfSilenceClearTheCount() {
        for (int i = 0; i < 6; i++) {
            throttle.tryLogin("a@b", "1.2.3.4");
            throttle.tryLogin("c@d", "1.2.3.4");
        }
        throttle.succeeded("a@b", "1.2.3.4");
        assertThat(throttle.tryLogin("a@b", "1.2.3.4")).isEmpty();
        clock.tick(Duration.ofMinutes(61));
        for (int i = 0; i < 5; i++) {
            assertThat(throttle.tryLogin("c@d", "1.2.3.4")).isEmpty();
        }
    }

    @Test
    void remembersABoundedNumberOfPairs() {
        for (int i = 0; i < LoginThrottle.MAX_PAIRS + 500; i++) {
            throttle.tryLogin("user" + i + "@example.org", "1.2.3.4");
        }
        assertThat(throttle.pairs()).isEqualTo(LoginThrottle.MAX_PAIRS);
    }

    private static final class TickingClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void tick(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
