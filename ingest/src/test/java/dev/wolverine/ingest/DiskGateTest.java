package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskGateTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong free = new AtomicLong(10_000);
    private final DiskGate gate = new DiskGate(() -> OptionalLong.of(free.get()), 1_000, now::get);

    private boolean isClosedWith(long bytes) {
        free.set(bytes);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        return gate.isClosed();
    }

    @Test
    void closesBelowTheReserve() {
        assertThat(isClosedWith(1_000)).isFalse();
        assertThat(isClosedWith(999)).isTrue();
    }

    @Test
    void opensOnlyWithAQuarterMoreThanTheReserve() {
        assertThat(isClosedWith(999)).isTrue();
        assertThat(isClosedWith(1_249)).isTrue();
        assertThat(isClosedWith(1_250)).isFalse();
        assertThat(isClosedWith(1_000)).isFalse();
    }

    @Test
    void looksAtMostFiveTimesASecond() {
        assertThat(isClosedWith(2_000)).isFalse();
        free.set(0);
        now.addAndGet(Duration.ofMillis(199).toNanos());
        assertThat(gate.isClosed()).isFalse();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(gate.isClosed()).isTrue();
    }

    @Test
    void staysOpenWhereTheDiskIsNotOurs() {
        assertThat(new DiskGate(OptionalLong::empty, 1_000, now::get).isClosed()).isFalse();
    }
}
