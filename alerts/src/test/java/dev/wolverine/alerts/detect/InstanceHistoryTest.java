package dev.wolverine.alerts.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class InstanceHistoryTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Identity IDENTITY = new Identity(UUID.randomUUID(), "wlv_a");

    @Test
    void endsTheSameWhateverTheOrderOfTheBeats() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Heartbeat> beats = day(random);
            List<Heartbeat> shuffled = new ArrayList<>(beats);
            for (int from = 0; from < shuffled.size(); from += 200) {
                Collections.shuffle(
                        shuffled.subList(from, Math.min(shuffled.size(), from + 200)), random);
            }
            InstanceHistory punctual = historyOf(beats);
            InstanceHistory late = historyOf(shuffled);
            assertThat(late.memory().toBytes()).isEqualTo(punctual.memory().toBytes());
            assertThat(late.restarts().toBytes()).isEqualTo(punctual.restarts().toBytes());
            assertThat(late.recent().beatsUnhealthy(1))
                    .isEqualTo(punctual.recent().beatsUnhealthy(1));
            assertThat(late.recent().beatsSlower(100))
                    .isEqualTo(punctual.recent().beatsSlower(100));
            assertThat(late.newestMillis()).isEqualTo(punctual.newestMillis());
            assertThat(late.memoryMb()).isEqualTo(punctual.memoryMb());
            assertThat(late.status()).isEqualTo(punctual.status());
        }
    }

    @Test
    void isTheSameWhenReadAgain() {
        InstanceHistory history = historyOf(day(new Random(7)));
        byte[] bytes = history.toBytes();
        InstanceHistory again = InstanceHistory.ofBytes(3, IDENTITY.organisationId(), bytes);
        assertThat(again.toBytes()).isEqualTo(bytes);
        assertThat(again.rhythm().intervalMillis()).isEqualTo(history.rhythm().intervalMillis());
        assertThat(again.newestMillis()).isEqualTo(history.newestMillis());
    }

    @Test
    void refusesForeignBytes() {
        byte[] bytes = historyOf(day(new Random(7))).toBytes();
        UUID organisation = IDENTITY.organisationId();
        assertThatThrownBy(() -> InstanceHistory.ofBytes(1, organisation, new byte[] {7}))
                .isInstanceOf(IllegalArgumentException.class);
        for (int length = 1; length < bytes.length; length += 13) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> InstanceHistory.ofBytes(1, organisation, cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void knowsTheRhythmInWhichBeatsCome() {
        Random random = new Random(3);
        InstanceHistory history = new InstanceHistory(1, IDENTITY.organisationId());
        Instant time = START;
        for (int i = 0; i < 300; i++) {
            time = time.plusSeconds(60);
            history.add(Beats.of(IDENTITY).at(time, time.plusMillis(random.nextInt(4_000))));
        }
        assertThat(history.rhythm().intervalMillis()).isBetween(50_000L, 75_000L);
        assertThat(history.rhythm().longGapMillis()).isBetween(60_000L, 80_000L);
    }

    @Test
    void aQueueThatIsDrainedIsNoRhythm() {
        InstanceHistory history = new InstanceHistory(1, IDENTITY.organisationId());
        Instant time = START;
        for (int i = 0; i < 60; i++) {
            time = time.plusSeconds(60);
            history.add(Beats.of(IDENTITY).at(time));
        }
        Instant back = time.plus(Duration.ofHours(4));
        for (int i = 0; i < 240; i++) {
            time = time.plusSeconds(60);
            history.add(Beats.of(IDENTITY).at(time, back.plusMillis(5L * i)));
        }
        assertThat(history.rhythm().intervalMillis()).isBetween(50_000L, 75_000L);
        assertThat(history.rhythm().longGapMillis()).isBetween(50_000L, 75_000L);
    }

    private static InstanceHistory historyOf(List<Heartbeat> beats) {
        InstanceHistory history = new InstanceHistory(3, IDENTITY.organisationId());
        history.add(beats);
        return history;
    }

    /** A day of an instance that leaks, crashes, is deployed and is not well now and then. */
    private static List<Heartbeat> day(Random random) {
        List<Heartbeat> beats = new ArrayList<>();
        Beats beat = Beats.of(IDENTITY).process(100, START);
        double memory = 100;
        for (int minute = 0; minute < 1_440; minute++) {
            Instant time = START.plusSeconds(60L * minute).plusMillis(random.nextInt(500));
            memory += random.nextDouble() * 0.5;
            if (random.nextInt(300) == 0) {
                beat = beat.process(beat.pid() + 1, time);
                memory = 100;
            }
            if (random.nextInt(900) == 0) {
                beat = beat.version("5.3." + minute).process(beat.pid() + 1, time);
            }
            beat =
                    beat.memory((int) memory)
                            .routes(random.nextInt(3) / 2, random.nextInt(400_000))
                            .status(
                                    random.nextInt(50) == 0
                                            ? ReportedStatus.DOWN
                                            : ReportedStatus.HEALTHY);
            beats.add(beat.at(time));
        }
        return beats;
    }
}
