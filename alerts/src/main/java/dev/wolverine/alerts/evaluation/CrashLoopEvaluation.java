package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.crash.CrashLoopRule;
import dev.wolverine.alerts.crash.InstanceSignal;
import dev.wolverine.alerts.crash.RestartHistory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Shows simulated crash loops and deploys to a rule, through one heartbeat a minute: how many it
 * sees, how soon, and how often it cries wolf.
 */
public final class CrashLoopEvaluation {

    private static final int[] PERIODS = {10, 30, 60, 120, 300, 480, 600, 1_200, 2_400};
    private static final int[] DEPLOY_SIZES = {1, 2, 5, 10, 20, 50};
    private static final int INTERVAL = 60;
    private static final int BEGIN = 3 * 3_600;
    private static final int LENGTH = 10 * 3_600;
    private static final int FIRST_WAIT = 10;
    private static final int LONGEST_WAIT = 300;
    private static final int GRACE = 180;
    private static final double LONGEST = 1.05;

    private final CrashLoopRule rule;
    private final long seed;

    public CrashLoopEvaluation(CrashLoopRule rule, long seed) {
        this.rule = rule;
        this.seed = seed;
    }

    /**
     * Loops of one kind.
     *
     * @param periodSeconds that the process lives
     * @param backOff whether its supervisor waits twice as long each time, 10 s to 5 min
     * @param deployed whether a new version began the loop
     * @param inTime found within two periods and three minutes; where a supervisor waits, its waits
     *     are part of the period, where a deploy forgives two restarts, it is two periods more, and
     *     for both a period is a minute at least, because a heartbeat shows one restart at most
     */
    public record Loops(
            int periodSeconds,
            boolean backOff,
            boolean deployed,
            int loops,
            int detected,
            int inTime,
            double medianDelayMinutes) {}

    /**
     * Deploys that roll over a fleet, and servers that crash once in a while.
     *
     * @param servers in the fleet
     * @param restartsEach of each server
     * @param newVersion whether the version changed
     */
    public record Calm(int servers, int restartsEach, boolean newVersion, int alarms) {}

    /** All of it. */
    public record Table(List<Loops> loops, List<Calm> calm) {
        public Table {
            loops = List.copyOf(loops);
            calm = List.copyOf(calm);
        }

        /** Of the loops up to a period that no deploy began, those found in time; 1 if none. */
        public double recallInTime(int longestPeriodSeconds) {
            int all = 0;
            int found = 0;
            for (Loops row : loops) {
                if (row.periodSeconds() <= longestPeriodSeconds && !row.deployed()) {
                    all += row.loops();
                    found += row.inTime();
                }
            }
            return all == 0 ? 1 : found / (double) all;
        }

        /** Alarms of servers that are in no loop. */
        public int falseAlarms() {
            return calm.stream().mapToInt(Calm::alarms).sum();
        }
    }

    /**
     * @param repetitions of each kind of loop, at least one
     */
    public Table evaluate(int repetitions) {
        List<Loops> loops = new ArrayList<>();
        for (int period : PERIODS) {
            for (boolean backOff : new boolean[] {false, true}) {
                for (boolean deployed : new boolean[] {false, true}) {
                    loops.add(loops(period, backOff, deployed, repetitions));
                }
            }
        }
        List<Calm> calm = new ArrayList<>();
        for (int servers : DEPLOY_SIZES) {
            calm.add(deploys(servers, 1, true));
            calm.add(deploys(servers, 2, true));
            calm.add(deploys(servers, 1, false));
        }
        return new Table(loops, calm);
    }

    private Loops loops(int period, boolean backOff, boolean deployed, int repetitions) {
        int detected = 0;
        int inTime = 0;
        List<Double> delays = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            Random random =
                    new Random(
                            seed * 1_009
                                    + i * 31L
                                    + period * 7L
                                    + (backOff ? 3 : 0)
                                    + (deployed ? 5 : 0));
            List<Integer> starts = new ArrayList<>();
            int wait = 0;
            double allowed = GRACE;
            for (int now = BEGIN; now < LENGTH; ) {
                starts.add(now);
                wait = !backOff ? 0 : wait == 0 ? FIRST_WAIT : Math.min(LONGEST_WAIT, 2 * wait);
                if (starts.size() <= (deployed ? 4 : 2)) {
                    double longest = LONGEST * period + wait;
                    allowed += backOff || deployed ? Math.max(INTERVAL, longest) : longest;
                }
                double life = period * (LONGEST - 0.1 * random.nextDouble());
                now += wait + (int) Math.max(1, life);
            }
            int alarm = firstAlarm(starts, deployed ? Set.of(BEGIN) : Set.of(), random);
            if (alarm >= 0) {
                int delay = alarm - BEGIN;
                detected++;
                delays.add(delay / 60.0);
                inTime += delay <= allowed ? 1 : 0;
            }
        }
        double[] sorted = delays.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Loops(
                period,
                backOff,
                deployed,
                repetitions,
                detected,
                inTime,
                sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2]);
    }

    private Calm deploys(int servers, int restartsEach, boolean newVersion) {
        int alarms = 0;
        Random random =
                new Random(seed * 7_919 + servers * 13L + restartsEach + (newVersion ? 1 : 0));
        for (int server = 0; server < servers; server++) {
            List<Integer> starts = new ArrayList<>();
            Set<Integer> versions = new HashSet<>();
            // A fleet is deployed server by server, and three times in those hours.
            for (int deploy = 0; deploy < 3; deploy++) {
                int start = BEGIN + deploy * 7_200 + server * 60;
                if (newVersion) {
                    versions.add(start);
                }
                for (int restart = 0; restart < restartsEach; restart++) {
                    starts.add(start);
                    start += 5 + random.nextInt(120);
                }
            }
            alarms += firstAlarm(starts, versions, random) >= 0 ? 1 : 0;
        }
        return new Calm(servers, restartsEach, newVersion, alarms);
    }

    /** When the rule first fires, asked with every beat; -1 if it never does. */
    private int firstAlarm(List<Integer> starts, Set<Integer> versions, Random random) {
        RestartHistory history = new RestartHistory();
        int next = 0;
        int pid = 4_000;
        int version = 1;
        int phase = random.nextInt(INTERVAL);
        for (int now = phase; now < LENGTH; now += INTERVAL) {
            while (next < starts.size() && starts.get(next) <= now) {
                if (versions.contains(starts.get(next))) {
                    version++;
                }
                next++;
                pid++;
            }
            history.add(new InstanceSignal(now, pid, now + 86_400, "1." + version));
            if (rule.judge(history, List.of(), now).fires()) {
                return now;
            }
        }
        return -1;
    }
}
