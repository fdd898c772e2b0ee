package dev.wolverine.bench.fleet;

import dev.wolverine.proto.v1.Backups;
import dev.wolverine.proto.v1.Brain;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.LastRepair;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.Repairs;
import dev.wolverine.proto.v1.Routes;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.SlowestRoute;

/**
 * One simulated instance: tells its heartbeat in any second of the simulation.
 *
 * <p>Every beat is a pure function of seed, instance and second; in between, the latest usage and
 * peak are kept, because the next beat mostly needs them again. For one thread.
 */
public final class SimulatedInstance {
    private static final int RUNNER_MEGABYTES = 46;
    private static final int SECONDS_TO_LISTEN = 12;
    private static final int SECONDS_UNTIL_MEASURED = 3;
    private static final long HALF_DAY = 43_200;

    private final Traits traits;
    private final Lives lives;
    private final MemoryProfile memory;
    private final UsageSimulation usage;
    private final RepairSimulation repairs;
    private final Outages outages;
    private final Chance chance;

    private long peakKnownFor = Long.MIN_VALUE;
    private double peakBefore;

    SimulatedInstance(
            Traits traits,
            Lives lives,
            MemoryProfile memory,
            UsageSimulation usage,
            RepairSimulation repairs,
            Outages outages,
            Chance chance) {
        this.traits = traits;
        this.lives = lives;
        this.memory = memory;
        this.usage = usage;
        this.repairs = repairs;
        this.outages = outages;
        this.chance = chance;
    }

    /** What never changes about an instance. */
    record Traits(
            String id,
            String name,
            Kind kind,
            ClientGeneration generation,
            boolean losesCounters,
            int port,
            int routes,
            String slowestPath,
            int slowestMs,
            double idleCpu,
            double busyCpu,
            double noiseMb,
            long originMillis,
            int phaseSeconds,
            int phaseMillis) {}

    /** `wlv_` and 12 hexadecimal digits. */
    public String id() {
        return traits.id();
    }

    public String name() {
        return traits.name();
    }

    public Kind kind() {
        return traits.kind();
    }

    /** When the instance cannot reach the platform. */
    public Outages outages() {
        return outages;
    }

    /**
     * The first second, not before {@code second}, in which a beat is due.
     *
     * @param interval seconds between two beats; every beat of a multiple is also one of this
     *     interval, so that a history and what follows it fall together
     */
    public long dueFrom(long second, long interval) {
        return second + Math.floorMod(traits.phaseSeconds() - second, interval);
    }

    /** The client's clock in the beat of this second, milliseconds since the epoch. */
    public long timestamp(long second) {
        return traits.originMillis()
                + second * 1000
                + traits.phaseMillis()
                + chance.below(second * 8 + 1, 40);
    }

    /** The beat of this second; seconds of the past and the future are answered alike. */
    public Heartbeat beat(long second) {
        boolean lean = traits.generation() == ClientGeneration.LEAN;
        return Heartbeat.newBuilder()
                .setInstanceId(traits.id())
                .setTimestamp(timestamp(second))
                .setVersion(version(second))
                .setServer(lean ? leanServer(second) : server(second))
                .setProcess(process(second, lean))
                .setRoutes(routes(second))
                .setRepairs(repairs(second))
                .setUsage(usage.at(second, countedFrom(second)))
                .setBrain(brain(second))
                .setBackups(backups(second, lean))
                .build();
    }

    private String version(long second) {
        return traits.kind() == Kind.DEPLOYED
                ? "5.2." + (7 + chance.of("version").below(lives.runnerStart(second), 3))
                : traits.generation().version();
    }

    private Server server(long second) {
        long childStart = lives.childStart(second);
        return Server.newBuilder()
                .setName(traits.name())
                .setPort(traits.port())
                .setUptime(second - lives.runnerStart(second))
                .setStatus(isDown(second) ? "down" : "healthy")
                .setPid(2000 + chance.of("pid").below(childStart, 28_000))
                .build();
    }

    private Server leanServer(long second) {
        return Server.newBuilder()
                .setName(traits.name())
                .setUptime(second - lives.runnerStart(second))
                .build();
    }

    private boolean isDown(long second) {
        return lives instanceof Lives.CrashLooping looping
                && looping.crashing(second)
                && second - lives.childStart(second) < SECONDS_TO_LISTEN;
    }

    private Process process(long second, boolean lean) {
        long childStart = lives.childStart(second);
        double noise = chance.between(second * 8 + 2, 0, traits.noiseMb());
        long used =
                second - childStart < SECONDS_UNTIL_MEASURED
                        ? RUNNER_MEGABYTES
                        : Math.round(memory.at(second, childStart) - noise);
        Process.Builder process =
                Process.newBuilder().setMemoryMb(used).setCpuPercent(cpuPercent(second));
        if (!lean) {
            process.setPeakMemoryMb(Math.round(peak(second, childStart)));
        }
        return process.build();
    }

    private long cpuPercent(long second) {
        double busy = (1 + Math.sin(2 * Math.PI * second / 86_400)) / 2;
        double load = traits.idleCpu() + busy * (traits.busyCpu() - traits.idleCpu());
        return Math.round(load * chance.between(second * 8 + 3, 0.6, 1.4));
    }

    /** The highest edge of memory since the runner started: over its child and all former ones. */
    private double peak(long second, long childStart) {
        return Math.max(
                Math.max(RUNNER_MEGABYTES, memory.peak(second, childStart)),
                peakBefore(childStart, lives.runnerStart(second)));
    }

    private double peakBefore(long childStart, long runnerStart) {
        if (childStart == peakKnownFor) {
            return peakBefore;
        }
        double highest = 0;
        long start = childStart;
        while (start > runnerStart) {
            long former = lives.childStart(start - 1);
            highest = Math.max(highest, memory.peak(start - 1, former));
            if (former == peakKnownFor) {
                highest = Math.max(highest, peakBefore);
                break;
            }
            start = former;
        }
        peakKnownFor = childStart;
        peakBefore = highest;
        return highest;
    }

    private Routes routes(long second) {
        int unhealthy = unhealthyRoutes(second);
        double milliseconds = traits.slowestMs() + chance.of("route").below(second / 600, 40);
        return Routes.newBuilder()
                .setTotal(traits.routes())
                .setHealthy(traits.routes() - unhealthy)
                .setUnhealthy(unhealthy)
                .setSlowest(
                        SlowestRoute.newBuilder()
                                .setPath(traits.slowestPath())
                                .setAvgMs(milliseconds))
                .build();
    }

    private int unhealthyRoutes(long second) {
        if (traits.kind() == Kind.FAILING_REPAIRS) {
            return 1;
        }
        return lives instanceof Lives.CrashLooping looping
                        && looping.crashing(second)
                        && second - lives.childStart(second) < 4 * SECONDS_TO_LISTEN
                ? 2
                : 0;
    }

    private Repairs repairs(long second) {
        RepairSimulation.Counters made = repairs.at(second, countedFrom(second));
        Repairs.Builder message =
                Repairs.newBuilder()
                        .setTotal(made.total())
                        .setSuccesses(made.successes())
                        .setFailures(made.failures())
                        .setSuccessRate(made.successPercent())
                        .setTotalCost(made.cost());
        if (traits.generation() == ClientGeneration.LEAN) {
            message.setTotalTokens(made.tokens())
                    .setAvgTokensPerRepair(
                            made.total() == 0 ? 0 : Math.round(1.0 * made.tokens() / made.total()));
        }
        if (traits.generation() == ClientGeneration.FIRST && made.total() > 0) {
            message.setLastRepair(lastRepair(second, made.latestSucceeded()));
        }
        return message.build();
    }

    private LastRepair lastRepair(long second, boolean success) {
        long latest = repairs.latest(second);
        return LastRepair.newBuilder()
                .setError("TypeError: Cannot read properties of undefined (reading 'total')")
                .setResolution(
                        success
                                ? "Added null check before accessing property"
                                : "All strategies failed, rolled back")
                .setTokens(2000 + chance.of("repair-tokens").below(latest, 16_000))
                .setCost(chance.of("repair-cost").below(latest, 200_000) / 1e6)
                .setMode(success ? "fast" : "sub-agents")
                .setSuccess(success)
                .setTimestamp(traits.originMillis() + latest * 1000)
                .build();
    }

    private Brain brain(long second) {
        long memories = 60 + Math.floorDiv(second, HALF_DAY / 2);
        Brain.Builder brain = Brain.newBuilder().setTotalMemories(memories);
        if (traits.generation() == ClientGeneration.FIRST) {
            brain.putNamespaces("docs", memories - 14);
            brain.putNamespaces("functions", 12);
            brain.putNamespaces("errors", 2);
        }
        return brain.build();
    }

    private static Backups backups(long second, boolean lean) {
        long total = 3 + Math.floorDiv(second, HALF_DAY);
        Backups.Builder backups = Backups.newBuilder().setTotal(total);
        return lean
                ? backups.build()
                : backups.setStable(total - 2).setVerified(1).setUnstable(1).build();
    }

    /** Containers keep nothing on disk: a deployment within the simulation begins again at 0. */
    private long countedFrom(long second) {
        return traits.losesCounters() ? lives.runnerStart(second) : -1;
    }
}
