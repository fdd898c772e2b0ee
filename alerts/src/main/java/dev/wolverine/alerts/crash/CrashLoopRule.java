package dev.wolverine.alerts.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether an instance is in a crash loop. A pure function of its {@link RestartHistory} and
 * a time: it needs no verdict of before, and says when the loop is over without a beat to tell it.
 * Memory restarts and crashes count together. Immutable.
 *
 * <p>A restart that deploys a version opens a window in which the first few restarts do not count;
 * so does maintenance.
 *
 * @param fast few restarts, close together: critical
 * @param backOff further apart, as supervisors wait longer and longer: critical
 * @param slow all through the hours: warning
 * @param forgivenSeconds of the window that a deploy opens
 * @param forgiven restarts at its beginning, that of the deploy among them
 * @param calmSeconds without a restart, at least, and three median lives, end a loop
 */
public record CrashLoopRule(
        Tier fast, Tier backOff, Tier slow, int forgivenSeconds, int forgiven, int calmSeconds) {

    /**
     * @param severity of a loop that is found so
     * @param reason the same
     * @param restarts that many
     * @param withinSeconds from the first to the last of them
     * @param medianLifeSeconds between them, at most
     */
    public record Tier(
            CrashVerdict.Severity severity,
            CrashVerdict.Reason reason,
            int restarts,
            int withinSeconds,
            int medianLifeSeconds) {}

    /**
     * A time in which restarts are expected.
     *
     * @param untilSecond exclusive
     */
    public record Maintenance(long fromSecond, long untilSecond) {}

    private static final int DAY_SECONDS = 86_400;
    private static final int CALM_LIVES = 3;

    /** The rule as it is shipped: a loop of ten minutes shows on its third restart. */
    public static CrashLoopRule standard() {
        return of(3, 1_500, 5, 3_600, 8, 21_600, 600);
    }

    /** So many restarts in so many seconds, fast, backing off and slow; and how long calm lasts. */
    public static CrashLoopRule of(
            int fastRestarts,
            int fastSeconds,
            int backOffRestarts,
            int backOffSeconds,
            int slowRestarts,
            int slowSeconds,
            int calmSeconds) {
        return new CrashLoopRule(
                new Tier(
                        CrashVerdict.Severity.CRITICAL,
                        CrashVerdict.Reason.FAST_LOOP,
                        fastRestarts,
                        fastSeconds,
                        fastSeconds / 2),
                new Tier(
                        CrashVerdict.Severity.CRITICAL,
                        CrashVerdict.Reason.BACK_OFF_LOOP,
                        backOffRestarts,
                        backOffSeconds,
                        backOffSeconds / 4),
                new Tier(
                        CrashVerdict.Severity.WARNING,
                        CrashVerdict.Reason.SLOW_LOOP,
                        slowRestarts,
                        slowSeconds,
                        slowSeconds / 6),
                600,
                2,
                calmSeconds);
    }

    /**
     * @param nowSecond on the client's clock, at or after the newest beat
     */
    public CrashVerdict judge(
            RestartHistory history, List<Maintenance> maintenance, long nowSecond) {
        List<RestartEvent> all = history.restartsSince(nowSecond - DAY_SECONDS);
        long[] counted = counted(all, maintenance);
        @Nullable CrashVerdict loop = null;
        long calmAfter = 0;
        for (int last = 0; last < counted.length; last++) {
            if (loop != null && counted[last] - counted[last - 1] > calmAfter) {
                loop = null;
            }
            @Nullable CrashVerdict matched = match(counted, last);
            if (matched != null) {
                loop = matched;
            }
            if (loop != null) {
                calmAfter = calmAfter(loop);
            }
        }
        if (loop != null && nowSecond - counted[counted.length - 1] <= calmAfter) {
            return match(counted, counted.length - 1) == null ? recovering(loop) : loop;
        }
        long recent = nowSecond - forgivenSeconds;
        boolean expected = counted.length < all.size() && all.getLast().second() > recent;
        return new CrashVerdict(
                CrashVerdict.Severity.NONE,
                expected ? CrashVerdict.Reason.EXPECTED : CrashVerdict.Reason.QUIET,
                (int) Arrays.stream(counted).filter(second -> second > recent).count(),
                0,
                "");
    }

    private long calmAfter(CrashVerdict loop) {
        return Math.max(calmSeconds, CALM_LIVES * loop.medianLifeSeconds());
    }

    private long[] counted(List<RestartEvent> restarts, List<Maintenance> maintenance) {
        List<Long> counted = new ArrayList<>();
        long deployed = Long.MIN_VALUE;
        int forgivenSince = 0;
        for (RestartEvent restart : restarts) {
            boolean inDeploy =
                    deployed != Long.MIN_VALUE && restart.second() - deployed < forgivenSeconds;
            if (restart.newVersion() && !inDeploy) {
                deployed = restart.second();
                forgivenSince = 0;
                inDeploy = true;
            }
            if (inDeploy && forgivenSince < forgiven) {
                forgivenSince++;
            } else if (!isForgiven(restart, restarts, maintenance)) {
                counted.add(restart.second());
            }
        }
        return counted.stream().mapToLong(Long::longValue).toArray();
    }

    /** Whether it is one of the first of a maintenance. */
    private boolean isForgiven(
            RestartEvent restart, List<RestartEvent> restarts, List<Maintenance> maintenance) {
        for (Maintenance window : maintenance) {
            if (restart.second() >= window.fromSecond()
                    && restart.second() < window.untilSecond()) {
                long before =
                        restarts.stream()
                                .filter(other ->
                                        other.second() >= window.fromSecond()
                                                && other.second() < restart.second())
                                .count();
                return before < forgiven;
            }
        }
        return false;
    }

    private @Nullable CrashVerdict match(long[] restarts, int last) {
        for (Tier tier : List.of(fast, backOff, slow)) {
            if (matches(tier, restarts, last)) {
                return verdict(tier, restarts, last);
            }
        }
        return null;
    }

    private static boolean matches(Tier tier, long[] restarts, int last) {
        int first = last - tier.restarts() + 1;
        return first >= 0
                && restarts[last] - restarts[first] <= tier.withinSeconds()
                && medianLife(restarts, first, last) <= tier.medianLifeSeconds();
    }

    private static CrashVerdict verdict(Tier tier, long[] restarts, int last) {
        int first = last;
        while (first > 0 && restarts[last] - restarts[first - 1] <= tier.withinSeconds()) {
            first--;
        }
        long life = medianLife(restarts, first, last);
        return new CrashVerdict(
                tier.severity(),
                tier.reason(),
                last - first + 1,
                life,
                "It has restarted %d times in %d minutes and lives %s at a time."
                        .formatted(
                                last - first + 1,
                                Math.max(1, (restarts[last] - restarts[first] + 30) / 60),
                                life < 120 ? life + " seconds" : life / 60 + " minutes"));
    }

    private static CrashVerdict recovering(CrashVerdict loop) {
        return new CrashVerdict(
                loop.severity(),
                CrashVerdict.Reason.RECOVERING,
                loop.restarts(),
                loop.medianLifeSeconds(),
                loop.sentence());
    }

    private static long medianLife(long[] restarts, int first, int last) {
        long[] lives = new long[last - first];
        for (int i = 0; i < lives.length; i++) {
            lives[i] = restarts[first + i + 1] - restarts[first + i];
        }
        Arrays.sort(lives);
        return lives.length == 0 ? 0 : lives[lives.length / 2];
    }
}
