package dev.wolverine.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    @Test
    void isRepeatedByItsSeed() {
        Schedule schedule = Schedule.of(7, Duration.ofMinutes(30), ALL);

        assertThat(Schedule.of(7, Duration.ofMinutes(30), ALL)).isEqualTo(schedule);
        assertThat(Schedule.of(8, Duration.ofMinutes(30), ALL)).isNotEqualTo(schedule);
    }

    @Test
    void hasTenFaultsInTheShortProfile() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(Schedule.of(seed, Duration.ofSeconds(170), ALL).faults())
                    .hasSizeGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void hasEveryKindBeforeOneComesAgain() {
        List<FaultKind> first =
                Schedule.of(7, Duration.ofMinutes(30), ALL).faults().stream()
                        .limit(ALL.size())
                        .map(PlannedFault::kind)
                        .toList();

        assertThat(first).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void letsOneFaultEndBeforeTheNext() {
        List<PlannedFault> faults = Schedule.of(7, Duration.ofMinutes(30), ALL).faults();

        for (int i = 1; i < faults.size(); i++) {
            PlannedFault before = faults.get(i - 1);
            assertThat(faults.get(i).at()).isGreaterThan(before.at().plus(before.length()));
        }
        assertThat(faults.getLast().at()).isLessThan(Duration.ofMinutes(30));
    }

    @Test
    void pausesForAMinuteInTheLongProfileAlone() {
        assertThat(Schedule.of(7, Duration.ofMinutes(30), ALL).faults())
                .anyMatch(fault -> fault.length().equals(Duration.ofSeconds(60)));
        assertThat(Schedule.of(7, Duration.ofMinutes(4), ALL).faults())
                .noneMatch(fault -> fault.length().equals(Duration.ofSeconds(60)));
    }
}
