package dev.wolverine.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RegistrationLimitsTest {

    private final AtomicLong nanoTime = new AtomicLong(-5_000_000_000L);
    private final RegistrationLimits limits = new RegistrationLimits(nanoTime::get);

    @Test
    void sixtyTriesFailAtOnceAndThenOneASecond() {
        for (int i = 0; i < 60; i++) {
            assertThat(limits.wait("10.0.0.1")).isEmpty();
            limits.failed("10.0.0.1");
        }
        assertThat(limits.wait("10.0.0.1")).contains(Duration.ofSeconds(1));
        assertThat(limits.wait("10.0.0.2")).isEmpty();
        nanoTime.addAndGet(1_000_000_000L);
        assertThat(limits.wait("10.0.0.1")).isEmpty();
        limits.failed("10.0.0.1");
        assertThat(limits.wait("10.0.0.1")).isPresent();
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        for (int i = 0; i < 60; i++) {
            limits.failed("2001:db8:0:1::" + Integer.toHexString(i));
        }
        assertThat(limits.wait("2001:db8:0:1:ffff::1")).isPresent();
        assertThat(limits.wait("2001:db8:0:2::1")).isEmpty();
    }

    @Test
    void remembersTheAddressesThatFailedLast() {
        for (int i = 0; i < RegistrationLimits.MAX_ADDRESSES + 500; i++) {
            limits.failed("10.1." + i / 256 + "." + i % 256);
        }
        assertThat(limits.addresses()).isEqualTo(RegistrationLimits.MAX_ADDRESSES);
    }
}
