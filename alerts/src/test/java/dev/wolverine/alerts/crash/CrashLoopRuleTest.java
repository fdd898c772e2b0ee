package dev.wolverine.alerts.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CrashLoopRuleTest {

    private static final int HOUR = 3_600;

    private final CrashLoopRule rule = CrashLoopRule.standard();

    @Test
    void firesAfterThreeRestartsInTenMinutes() {
        CrashVerdict verdict = rule.judge(history(2 * HOUR, 7_380, 7_560), List.of(), 7_600);

        assertThat(verdict.severity()).isEqualTo(CrashVerdict.Severity.CRITICAL);
        assertThat(verdict.reason()).isEqualTo(CrashVerdict.Reason.FAST_LOOP);
        assertThat(verdict.sentence())
                .isEqualTo("It has restarted 3 times in 6 minutes and lives 3 minutes at a time.");
    }

    @Test
    void waitsForTheThirdRestart() {
        assertThat(rule.judge(history(2 * HOUR, 7_380), List.of(), 7_400).fires()).isFalse();
    }

    @Test
    void endsAfterTenCalmMinutesWithoutABeat() {
        RestartHistory history = history(7_200, 7_260, 7_320);

        assertThat(rule.judge(history, List.of(), 7_320 + 600).fires()).isTrue();
        assertThat(rule.judge(history, List.of(), 7_320 + 601).fires()).isFalse();
    }

    @Test
    void forgivesTwoRestartsOfAMaintenance() {
        CrashLoopRule.Maintenance window = new CrashLoopRule.Maintenance(7_000, 8_000);
        RestartHistory history = history(7_200, 7_260, 7_320);

        CrashVerdict verdict = rule.judge(history, List.of(window), 7_400);

        assertThat(verdict.fires()).isFalse();
        assertThat(rule.judge(history, List.of(), 7_400).fires()).isTrue();
    }

    @Test
    void warnsOfALoopThatGoesOnForHours() {
        int[] restarts = new int[9];
        for (int i = 0; i < restarts.length; i++) {
            restarts[i] = 2 * HOUR + i * 2_400;
        }
        CrashVerdict verdict = rule.judge(history(restarts), List.of(), restarts[8] + 60);

        assertThat(verdict.severity()).isEqualTo(CrashVerdict.Severity.WARNING);
        assertThat(verdict.reason()).isEqualTo(CrashVerdict.Reason.SLOW_LOOP);
    }

    @Test
    void takesTwoServersWithOneIdForNoLoop() {
        RestartHistory history = new RestartHistory();
        for (int now = 0; now < 4 * HOUR; now += 30) {
            history.add(new InstanceSignal(now, now % 60 == 0 ? 1 : 2, now + 500 * (now % 60), ""));
        }
        assertThat(rule.judge(history, List.of(), 4 * HOUR).fires()).isFalse();
    }

    @Test
    void endsInTheSameHistoryWhateverTheOrderOfTheBeats() {
        List<InstanceSignal> signals = signals(7_200, 7_500, 9_000, 12_000, 12_060, 12_130);
        RestartHistory ordered = new RestartHistory();
        signals.forEach(ordered::add);
        List<InstanceSignal> shuffled = new ArrayList<>(signals);
        Collections.shuffle(shuffled, new Random(3));
        RestartHistory disordered = new RestartHistory();
        shuffled.forEach(disordered::add);

        assertThat(rule.judge(disordered, List.of(), 12_200))
                .isEqualTo(rule.judge(ordered, List.of(), 12_200));
        assertThat(rule.judge(ordered, List.of(), 12_200).fires()).isTrue();
        byte[] bytes = ordered.toBytes();
        assertThat(RestartHistory.ofBytes(bytes).toBytes()).isEqualTo(bytes);
    }

    @Test
    void takesAKilobyteHoweverManyRestarts() {
        RestartHistory history = new RestartHistory();
        for (int now = 0; now < 100; now++) {
            history.add(new InstanceSignal(now * 60L, now, now * 60, "1"));
        }
        assertThat(history.toBytes()).hasSizeLessThanOrEqualTo(RestartHistory.MAX_BYTES);
    }

    private static RestartHistory history(int... restarts) {
        RestartHistory history = new RestartHistory();
        signals(restarts).forEach(history::add);
        return history;
    }

    /** A beat a minute, and one at each restart, until a minute after the last. */
    private static List<InstanceSignal> signals(int... restarts) {
        List<InstanceSignal> signals = new ArrayList<>();
        int pid = 1;
        int next = 0;
        for (int now = 0; now <= restarts[restarts.length - 1] + 60; now += 10) {
            if (next < restarts.length && restarts[next] <= now) {
                next++;
                pid++;
            } else if (now % 60 != 0) {
                continue;
            }
            signals.add(new InstanceSignal(now, pid, now + 1_000, "1"));
        }
        return signals;
    }
}
