package dev.wolverine.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Which faults happen when: a pure function of a seed, so that a run can be repeated.
 *
 * @param faults in order of time; one is over, and has had its time to recover, before the next
 */
record Schedule(List<PlannedFault> faults) {
    private static final Duration BEFORE_THE_FIRST = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofSeconds(9);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(60);

    /** From this length on, some of the pauses last a minute. */
    private static final Duration LONG_PROFILE = Duration.ofMinutes(10);

    private static final int PAUSES_PER_LONG_ONE = 4;

    Schedule {
        faults = List.copyOf(faults);
    }

    /** Goes round all kinds in a new order each time, as long as there is room. */
    static Schedule of(long seed, Duration load, Set<FaultKind> kinds) {
        Random random = new Random(seed);
        List<PlannedFault> faults = new ArrayList<>();
        List<FaultKind> round = new ArrayList<>();
        Duration at = BEFORE_THE_FIRST;
        int pauses = 0;
        while (!kinds.isEmpty()) {
            if (round.isEmpty()) {
                kinds.stream().sorted().forEach(round::add);
                Collections.shuffle(round, random);
            }
            FaultKind kind = round.removeLast();
            boolean isLong =
                    kind.pauses()
                            && load.compareTo(LONG_PROFILE) >= 0
                            && ++pauses % PAUSES_PER_LONG_ONE == 0;
            Duration length = isLong ? LONG_PAUSE : kind.length();
            Duration next =
                    at.plus(length).plus(BETWEEN).plus(Duration.ofMillis(random.nextInt(3_000)));
            if (next.compareTo(load) > 0) {
                return new Schedule(faults);
            }
            faults.add(new PlannedFault(at, kind, length));
            at = next;
        }
        return new Schedule(faults);
    }
}
