package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Identity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final UUID ORGANISATION = new UUID(0, 1);

    private final AtomicLong nanoTime = new AtomicLong();
    private final AtomicReference<HeapReading> heap =
            new AtomicReference<>(new HeapReading(0, 0, 1_000));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void anInstanceThatSendsTooMuchWaitsWhileOthersGoOn() {
        Admission admission = admission(new IngestConfig.Rate(1, 5, 1, 100), 1);
        for (int i = 0; i < 5; i++) {
            assertThat(admission.refusal(instance(1))).isEmpty();
        }
        assertThat(admission.refusal(instance(1)))
                .contains(
                        new IntakeResult.Refused(
                                IntakeResult.Cause.RATE_LIMITED, Duration.ofSeconds(1)));
        assertThat(admission.refusal(instance(2))).isEmpty();
        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(admission.refusal(instance(1))).isEmpty();
    }

    @Test
    void whatTheOrganisationMayNotSendCostsTheInstanceNothing() {
        Admission admission = admission(new IngestConfig.Rate(1, 2, 100, 2), 1);
        admission.refusal(instance(1));
        admission.refusal(instance(1));
        for (int i = 0; i < 10; i++) {
            assertThat(admission.refusal(instance(2))).isPresent();
        }
        nanoTime.addAndGet(Duration.ofMillis(20).toNanos());
        assertThat(admission.refusal(instance(2))).isEmpty();
        assertThat(admission.refusal(instance(2))).isEmpty();
        assertThat(admission.refusal(new Identity(new UUID(0, 2), "wlv_2"))).isEmpty();
    }

    @Test
    void whatNamesNoInstanceNeedsATokenOfItsOrganisationAlone() {
        Admission admission = admission(new IngestConfig.Rate(1, 1, 1, 3), 1);
        Identity unnamed = new Identity(ORGANISATION, "");
        for (int i = 0; i < 3; i++) {
            assertThat(admission.refusal(unnamed)).isEmpty();
        }
        assertThat(admission.refusal(unnamed)).isPresent();
    }

    @Test
    void aTurnToDrainPassesToAnotherAfterASilence() {
        Admission admission = admission(new IngestConfig.Rate(1, 3_000, 1, 3_000), 1);
        live(admission, 1, 0);
        live(admission, 2, 0);
        assertThat(admits(admission, 1, -60)).isTrue();
        assertThat(admits(admission, 2, -60)).isFalse();
        assertThat(meters.get("wolverine.intake.drains").gauge().value()).isOne();

        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(admits(admission, 1, -59)).isTrue();
        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(admits(admission, 2, -60)).isFalse();
        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(admits(admission, 2, -60)).isTrue();
        assertThat(admits(admission, 1, -58)).isFalse();
        assertThat(meters.get("wolverine.intake.replays.refused").counter().count()).isEqualTo(3);
    }

    @Test
    void aLiveBeatNeverWaitsForADrain() {
        Admission admission = admission(new IngestConfig.Rate(1, 3_000, 1, 3_000), 1);
        live(admission, 1, 0);
        admits(admission, 1, -60);
        live(admission, 2, 0);
        // A clock that was set back, and a client that sends no header.
        live(admission, 2, -3_600);
        assertThat(admits(admission, 3, 0)).isTrue();
        assertThat(admits(admission, 3, 60)).isTrue();
        assertThat(admits(admission, 3, 60)).isTrue();
    }

    @Test
    void aReplayThatIsRefusedCostsNoToken() {
        Admission admission = admission(new IngestConfig.Rate(1, 2, 1, 100), 1);
        live(admission, 1, 0);
        admits(admission, 1, -60);
        live(admission, 2, 0);
        for (int i = 0; i < 5; i++) {
            assertThat(admits(admission, 2, -60)).isFalse();
        }
        live(admission, 2, 1);
    }

    @Test
    void aHeapThatIsNearlyFullKeepsEverythingOutUntilItIsNot() {
        Admission admission = admission(new IngestConfig.Rate(1, 2, 1, 100), 1);
        assertThat(admission.refusal()).isEmpty();
        heap.set(new HeapReading(950, 940, 1_000));
        nanoTime.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(admission.refusal())
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.cause()).isEqualTo(IntakeResult.Cause.OVERLOADED);
                    assertThat(refusal.retryAfter())
                            .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(90));
                });
        assertThat(meters.get("wolverine.intake.memory.closed").gauge().value()).isOne();
        assertThat(meters.get("wolverine.intake.memory.refused").counter().count()).isOne();
        heap.set(new HeapReading(300, 940, 1_000));
        nanoTime.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(admission.refusal()).isEmpty();
        assertThat(meters.get("wolverine.intake.memory.closed").gauge().value()).isZero();
    }

    private Admission admission(IngestConfig.Rate rate, int drains) {
        IngestConfig defaults = IngestConfig.defaults();
        return new Admission(
                new IngestConfig(
                        1,
                        1_000,
                        defaults.batch(),
                        defaults.queue(),
                        defaults.stream(),
                        defaults.templates(),
                        defaults.clock(),
                        rate,
                        new IngestConfig.Drain(drains, Duration.ofSeconds(3)),
                        defaults.memoryGate()),
                heap::get,
                nanoTime::get,
                RandomGenerator.getDefault(),
                meters);
    }

    private static void live(Admission admission, int number, int second) {
        assertThat(admission.refusalOverHttp(instance(number), NOW.plusSeconds(second), true))
                .isEmpty();
    }

    private static boolean admits(Admission admission, int number, int second) {
        return admission
                .refusalOverHttp(instance(number), NOW.plusSeconds(second), false)
                .isEmpty();
    }

    private static Identity instance(int number) {
        return new Identity(ORGANISATION, "wlv_" + number);
    }
}
