package dev.wolverine.alerts.leak;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Judges whether an instance leaks memory: a leak raises the floor under the memory, garbage
 * collection only moves the ceiling. A pure function of a {@link MemoryHistory} at its newest beat,
 * so the same beats in any order end in the same verdict. Immutable.
 *
 * @param holdSeconds how long growth has to be seen before it fires
 * @param keepSeconds how long it fires after it was last seen so
 * @param criticalHours to the limit, at most, for a critical verdict
 * @param fastHours to the limit, at most, for two hours of growth to count
 * @param usualLimitMb at which the client restarts its child if nobody told it otherwise
 */
public record LeakRule(
        GrowthWindow fast,
        GrowthWindow medium,
        GrowthWindow patient,
        GrowthWindow slow,
        HiddenLeak hidden,
        int holdSeconds,
        int patientHoldSeconds,
        int fastHoldSeconds,
        int keepSeconds,
        double criticalHours,
        double fastHours,
        int usualLimitMb) {

    /** Warm-up, and a window of floors. */
    private static final int WATCHED_SECONDS = 7 * MemoryHistory.HOUR_SECONDS;

    /** The rule as it is shipped. */
    public static LeakRule standard() {
        return of(16, 0.10, 900, 7_200, 24, 512);
    }

    /**
     * The rule as it is shipped, but for these.
     *
     * @param leastMb growth over six hours
     * @param leastShare the same, as a share of the memory at the beginning
     */
    public static LeakRule of(
            int leastMb,
            double leastShare,
            int holdSeconds,
            int keepSeconds,
            double criticalHours,
            int usualLimitMb) {
        double young = Math.max(0.45, leastShare);
        return new LeakRule(
                new GrowthWindow(24, 0.75, 1_800, 0.90, 96, 0.45, 0.45, 0.8, 0.5, false),
                new GrowthWindow(
                        24, 0.70, 3_600, 0.75, leastMb, leastShare, young, 0.82, 0.5, true),
                new GrowthWindow(
                        24,
                        0.92,
                        3_600,
                        0.80,
                        1.25 * leastMb,
                        leastShare,
                        Math.max(0.15, leastShare),
                        0.92,
                        0.85,
                        true),
                new GrowthWindow(
                        24,
                        0.9,
                        3_600,
                        0.70,
                        0.75 * leastMb,
                        0.8 * leastShare,
                        0.8 * leastShare,
                        0.7,
                        0.4,
                        false),
                new HiddenLeak(2, 86_400, 1_200, 0.6, 0.88, 0.85, 0.05, 0.5, 0.4),
                holdSeconds,
                4 * holdSeconds,
                900,
                keepSeconds,
                criticalHours,
                6,
                usualLimitMb);
    }

    /**
     * Whether the process before the present one grew to its end, and the present one is too young
     * to tell whether it does.
     */
    public boolean isWatching(MemoryHistory history) {
        List<ProcessLife> lives = history.lives();
        if (lives.size() < 2) {
            return false;
        }
        ProcessLife present = lives.getLast();
        ProcessLife before = lives.get(lives.size() - 2);
        if (history.newestSecond() - present.firstSecond() > WATCHED_SECONDS) {
            return false;
        }
        Buckets ring = history.quarters();
        long end = ring.bucketOf(before.lastSecond()) + 1;
        return medium.growth(history, ring, end).isPresent()
                || slow.growth(history, history.hours(), Math.floorDiv(end, 4L)).isPresent();
    }

    /**
     * @param limitMb the limit that the instance reports; empty if it reports none
     */
    public LeakVerdict judge(MemoryHistory history, OptionalInt limitMb) {
        if (history.newestSecond() == Long.MIN_VALUE) {
            return LeakVerdict.none(LeakVerdict.Reason.NO_DATA, 0);
        }
        int restarts = restarts(history);
        Optional<HiddenLeak.Finding> finding = hidden.find(history);
        if (finding.isPresent()) {
            return hiddenLeak(finding.get(), limitMb, restarts);
        }
        Optional<Growth> growth = held(0, fast, history, history.fiveMinutes(), fastHoldSeconds);
        if (growth.isPresent() && reachesLimitSoon(growth.get(), limitMb)) {
            return leak(
                    LeakVerdict.Reason.FAST,
                    growth.get(),
                    knownLimit(history, growth.get(), limitMb),
                    restarts);
        }
        growth = held(1, medium, history, history.quarters(), holdSeconds);
        if (growth.isPresent()) {
            return leak(
                    LeakVerdict.Reason.STEADY,
                    growth.get(),
                    knownLimit(history, growth.get(), limitMb),
                    restarts);
        }
        growth = held(2, patient, history, history.quarters(), patientHoldSeconds);
        if (growth.isPresent()) {
            return leak(
                    LeakVerdict.Reason.STEADY,
                    growth.get(),
                    knownLimit(history, growth.get(), limitMb),
                    restarts);
        }
        growth = held(3, slow, history, history.hours(), holdSeconds);
        if (growth.isPresent()) {
            return leak(
                    LeakVerdict.Reason.SLOW,
                    growth.get(),
                    knownLimit(history, growth.get(), limitMb),
                    restarts);
        }
        Buckets ring = history.quarters();
        growth =
                history.memory(1).grew(medium, history, ring, 0)
                        ? medium.growth(history, ring, ring.newest())
                        : Optional.empty();
        return growth.isPresent()
                ? new LeakVerdict(
                        LeakVerdict.Severity.INFO,
                        LeakVerdict.Reason.GROWING,
                        growth,
                        restarts,
                        limitMb,
                        hoursTo(limitMb, growth.get()),
                        sentence(growth.get(), limitMb))
                : LeakVerdict.none(LeakVerdict.Reason.NO_GROWTH, restarts);
    }

    /**
     * The newest growth that was seen for so long without a break, and is not too long ago. The
     * bucket that is still filling does not count.
     */
    private Optional<Growth> held(
            int number, GrowthWindow window, MemoryHistory history, Buckets ring, int seconds) {
        int hold = Math.max(1, seconds / ring.bucketSeconds());
        int keep = keepSeconds / ring.bucketSeconds();
        GrowthMemory memory = history.memory(number);
        int run = 0;
        for (int back = 0; back <= keep + hold; back++) {
            if (!memory.grew(window, history, ring, back)) {
                if (back >= keep) {
                    return Optional.empty();
                }
                run = 0;
                continue;
            }
            run++;
            if (run > hold) {
                return window.growth(history, ring, ring.newest() - back + hold);
            }
        }
        return Optional.empty();
    }

    private boolean reachesLimitSoon(Growth growth, OptionalInt limitMb) {
        OptionalDouble hours = hoursTo(limit(growth, limitMb), growth);
        return hours.isPresent() && hours.getAsDouble() <= fastHours;
    }

    /** What was said, else the client's usual one, else twice what it has. */
    private OptionalInt limit(Growth growth, OptionalInt limitMb) {
        if (limitMb.isPresent()) {
            return limitMb;
        }
        return OptionalInt.of(growth.toMb() < usualLimitMb ? usualLimitMb : 2 * growth.toMb());
    }

    /** What was said, else the most memory at which it was restarted, if that is still ahead. */
    private static OptionalInt knownLimit(
            MemoryHistory history, Growth growth, OptionalInt limitMb) {
        if (limitMb.isPresent()) {
            return limitMb;
        }
        OptionalInt restarted = history.restartedAtMb();
        return restarted.isPresent() && restarted.getAsInt() > growth.toMb()
                ? restarted
                : OptionalInt.empty();
    }

    private static OptionalDouble hoursTo(OptionalInt limitMb, Growth growth) {
        return limitMb.isEmpty() || growth.slopeMbPerHour() <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        Math.max(0, limitMb.getAsInt() - growth.toMb()) / growth.slopeMbPerHour());
    }

    private LeakVerdict leak(
            LeakVerdict.Reason reason, Growth growth, OptionalInt limitMb, int restarts) {
        OptionalDouble hours = hoursTo(limitMb, growth);
        boolean soon =
                reason == LeakVerdict.Reason.FAST
                        || hours.isPresent() && hours.getAsDouble() <= criticalHours;
        return new LeakVerdict(
                soon ? LeakVerdict.Severity.CRITICAL : LeakVerdict.Severity.WARNING,
                reason,
                Optional.of(growth),
                restarts,
                limitMb,
                hours,
                sentence(growth, limitMb));
    }

    private static LeakVerdict hiddenLeak(
            HiddenLeak.Finding finding, OptionalInt limitMb, int restarts) {
        OptionalInt limit = limitMb.isPresent() ? limitMb : OptionalInt.of(finding.limitMb());
        Growth growth = finding.growth();
        return new LeakVerdict(
                LeakVerdict.Severity.WARNING,
                LeakVerdict.Reason.HIDDEN_BY_RESTARTS,
                Optional.of(growth),
                restarts,
                limit,
                hoursTo(limit, growth),
                String.format(
                        Locale.ROOT,
                        "A memory leak of about %.0f MB an hour is hidden by restarts every %s:"
                                + " each begins near %d MB and ends near %d MB.",
                        growth.slopeMbPerHour(),
                        duration(finding.hoursBetween()),
                        growth.fromMb(),
                        growth.toMb()));
    }

    private static String sentence(Growth growth, OptionalInt limitMb) {
        OptionalDouble hours = hoursTo(limitMb, growth);
        String end =
                hours.isEmpty()
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; it reaches its limit of %d MB in %s",
                                limitMb.getAsInt(),
                                duration(hours.getAsDouble()));
        return String.format(
                Locale.ROOT,
                "Memory that is never given back has grown from %d to %d MB in %s, by %.1f MB an"
                        + " hour (%.1f to %.1f)%s.",
                growth.fromMb(),
                growth.toMb(),
                duration(growth.hours()),
                growth.slopeMbPerHour(),
                growth.lowMbPerHour(),
                growth.highMbPerHour(),
                end);
    }

    private static String duration(double hours) {
        return hours < 2
                ? String.format(Locale.ROOT, "%.0f min", hours * 60)
                : hours < 48
                        ? String.format(Locale.ROOT, "%.0f h", hours)
                        : String.format(Locale.ROOT, "%.0f days", hours / 24);
    }

    private static int restarts(MemoryHistory history) {
        long since = history.newestSecond() - 24L * MemoryHistory.HOUR_SECONDS;
        long begun = history.lives().stream().filter(life -> life.firstSecond() >= since).count();
        return (int) Math.min(begun, Math.max(0, history.lives().size() - 1));
    }
}
