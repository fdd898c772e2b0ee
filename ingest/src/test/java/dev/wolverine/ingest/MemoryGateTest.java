package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryGateTest {

    private static final Duration RECHECK = Duration.ofSeconds(5);

    private final MemoryGate gate = new MemoryGate(new IngestConfig.MemoryGate(90, 80, RECHECK));
    private long nanoTime = Long.MAX_VALUE - 10;

    @Test
    void garbageAloneClosesNothing() {
        assertThat(closed(999, 100)).isFalse();
        assertThat(closed(999, 899)).isFalse();
    }

    @Test
    void theFigureOfACollectionLongAgoClosesNothing() {
        assertThat(closed(300, 990)).isFalse();
    }

    @Test
    void closesWhenACollectionLeavesTooMuch() {
        assertThat(closed(950, 900)).isTrue();
    }

    @Test
    void staysClosedUntilThereIsRoomAgain() {
        closed(950, 940);
        assertThat(closed(890, 880)).isTrue();
        assertThat(closed(810, 800)).isTrue();
        assertThat(closed(810, 799)).isFalse();
    }

    @Test
    void opensWhenTheHeapIsEmptierThanTheLastCollectionLeftIt() {
        closed(950, 940);
        assertThat(closed(700, 940)).isFalse();
    }

    @Test
    void opensToFindOutWhenNoCollectionSaysAnything() {
        closed(950, 940);
        after(RECHECK.minusNanos(1));
        assertThat(closed(960, 940)).isTrue();
        after(Duration.ofNanos(1));
        assertThat(closed(960, 940)).isFalse();
    }

    @Test
    void aNewFigureThatIsStillTooHighIsWaitedOutAnew() {
        closed(950, 940);
        after(RECHECK.minusNanos(1));
        assertThat(closed(950, 941)).isTrue();
        after(RECHECK.minusNanos(1));
        assertThat(closed(950, 941)).isTrue();
        after(Duration.ofNanos(1));
        assertThat(closed(950, 941)).isFalse();
    }

    @Test
    void havingOpenedToFindOutItBelievesANewerFigureAlone() {
        closed(950, 940);
        after(RECHECK);
        assertThat(closed(950, 940)).isFalse();
        after(Duration.ofHours(1));
        assertThat(closed(990, 940)).isFalse();
        assertThat(closed(990, 945)).isTrue();
    }

    @Test
    void aHeapWithoutALimitIsNeverFull() {
        assertThat(gate.isClosed(new HeapReading(1L << 60, 1L << 60, -1), nanoTime)).isFalse();
    }

    @Test
    void thisProcessHasAHeap() {
        HeapReading heap = HeapReading.now();
        assertThat(heap.used()).isPositive().isLessThanOrEqualTo(heap.max());
        assertThat(heap.usedAfterCollection()).isNotNegative().isLessThanOrEqualTo(heap.max());
    }

    private boolean closed(long used, long usedAfterCollection) {
        return gate.isClosed(new HeapReading(used, usedAfterCollection, 1_000), nanoTime);
    }

    private void after(Duration time) {
        nanoTime += time.toNanos();
    }
}
