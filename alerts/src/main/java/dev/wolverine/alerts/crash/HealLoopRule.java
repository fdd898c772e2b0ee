package dev.wolverine.alerts.crash;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Judges whether an instance pays for repairs that do not help. A pure function of the repairs of
 * its last day and a time. Immutable.
 *
 * <p>Where clients send the error's text, the same error has to come again; where they send only
 * counts, repairs have to fail without a success between them.
 *
 * @param repairs within an hour that are a loop
 * @param comebacks of one error within a day, after repairs that were said to have helped
 */
public record HealLoopRule(int repairs, int comebacks) {

    private static final int HOUR_SECONDS = 3_600;
    private static final int DAY_SECONDS = 86_400;

    /**
     * One repair, or several of which only their number is known.
     *
     * @param error its text; empty if the client sends none
     * @param count made since the beat before
     * @param successes among them
     * @param costMicros spent on them, millionths of a dollar
     */
    public record Repairs(long second, String error, int count, int successes, long costMicros) {}

    /** Why it is a loop. */
    public enum Reason {
        SAME_ERROR,
        /** A repair that was said to have helped, again and again. */
        COMES_BACK,
        NO_SUCCESS,
        NONE
    }

    /**
     * @param burntMicros spent on the repairs of the loop, millionths of a dollar
     * @param sinceSecond of the first of them; empty without a loop
     */
    public record Verdict(Reason reason, int repairs, long burntMicros, OptionalLong sinceSecond) {

        public boolean fires() {
            return reason != Reason.NONE;
        }

        /** For a person; empty without a loop. */
        public String sentence() {
            if (!fires()) {
                return "";
            }
            String what =
                    switch (reason) {
                        case SAME_ERROR -> "repairs of the same error within an hour";
                        case COMES_BACK -> "repairs of an error that comes back";
                        default -> "repairs within an hour, and none helped";
                    };
            return String.format(
                    Locale.ROOT, "%d %s: %.2f dollars burnt.", repairs, what, burntMicros / 1e6);
        }
    }

    public static HealLoopRule standard() {
        return new HealLoopRule(3, 3);
    }

    /**
     * @param made in any order, older ones than a day do not count
     */
    public Verdict judge(List<Repairs> made, long nowSecond) {
        Map<String, Tally> lastHour = new HashMap<>();
        Map<String, Tally> lastDay = new HashMap<>();
        Tally nameless = new Tally();
        for (Repairs repair : made) {
            long age = nowSecond - repair.second();
            if (age < 0 || age >= DAY_SECONDS) {
                continue;
            }
            String error = normalised(repair.error());
            if (error.isEmpty()) {
                if (age < HOUR_SECONDS) {
                    nameless.add(repair);
                }
                continue;
            }
            if (repair.successes() > 0) {
                lastDay.computeIfAbsent(error, _ -> new Tally()).add(repair);
            }
            if (age < HOUR_SECONDS) {
                lastHour.computeIfAbsent(error, _ -> new Tally()).add(repair);
            }
        }
        Tally worst = worst(lastHour);
        if (worst.count >= repairs) {
            return worst.verdict(Reason.SAME_ERROR);
        }
        if (nameless.count >= repairs && nameless.successes == 0) {
            return nameless.verdict(Reason.NO_SUCCESS);
        }
        worst = worst(lastDay);
        return worst.count > comebacks
                ? worst.verdict(Reason.COMES_BACK)
                : new Verdict(Reason.NONE, 0, 0, OptionalLong.empty());
    }

    /** Without what changes from one time to the next: numbers, addresses, quoted values. */
    static String normalised(String error) {
        return error.toLowerCase(Locale.ROOT)
                .replaceAll("0x[0-9a-f]+|\\d+", "#")
                .replaceAll("'[^']*'|\"[^\"]*\"|`[^`]*`", "?")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static Tally worst(Map<String, Tally> tallies) {
        Tally worst = new Tally();
        for (Tally tally : tallies.values()) {
            if (tally.count > worst.count
                    || tally.count == worst.count && tally.costMicros > worst.costMicros) {
                worst = tally;
            }
        }
        return worst;
    }

    private static final class Tally {
        private int count;
        private int successes;
        private long costMicros;
        private long since = Long.MAX_VALUE;

        void add(Repairs repair) {
            count += repair.count();
            successes += repair.successes();
            costMicros += repair.costMicros();
            since = Math.min(since, repair.second());
        }

        Verdict verdict(Reason reason) {
            return new Verdict(reason, count, costMicros, OptionalLong.of(since));
        }
    }
}
