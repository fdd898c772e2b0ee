package dev.wolverine.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.ModelCategoryUsage;
import dev.wolverine.proto.v1.Usage;
import dev.wolverine.proto.v1.UsageCounters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedFleetTest {
    private static final long ORIGIN = 1_795_000_020L;
    private static final int DAY = 86_400;
    private static final int INSTANCES = 50;

    private final SimulatedFleet fleet = new SimulatedFleet(7, ORIGIN, INSTANCES);

    @Test
    void aBeatIsTheSameWhicheverBeatsWereAskedForBefore() {
        for (int index = 0; index < INSTANCES; index++) {
            SimulatedInstance walked = fleet.instance(index);
            for (long second = 0; second < 20 * 3600; second += 60) {
                walked.beat(second);
            }
            long second = 20 * 3600 + 17;
            assertThat(walked.beat(second)).isEqualTo(fleet.instance(index).beat(second));
            assertThat(walked.beat(4000)).isEqualTo(fleet.instance(index).beat(4000));
        }
    }

    @Test
    void anotherSeedIsAnotherFleet() {
        SimulatedFleet other = new SimulatedFleet(8, ORIGIN, INSTANCES);

        assertThat(other.byId().keySet()).doesNotContainAnyElementsOf(fleet.byId().keySet());
    }

    @Test
    void aLargerFleetContainsTheSmallerOne() {
        SimulatedFleet larger = new SimulatedFleet(7, ORIGIN, INSTANCES + 50);

        assertThat(larger.byId().keySet()).containsAll(fleet.byId().keySet());
        assertThat(larger.instance(3).beat(777)).isEqualTo(fleet.instance(3).beat(777));
    }

    @Test
    void fiftyInstancesShowEveryKindAndMostlyHealthyOnes() {
        List<Kind> kinds =
                IntStream.range(0, 50).mapToObj(index -> fleet.instance(index).kind()).toList();

        assertThat(kinds).contains(Kind.values());
        assertThat(kinds.stream().filter(kind -> kind.ordinal() <= Kind.DEPLOYED.ordinal()))
                .hasSize(26);
    }

    @Test
    void namesAndIdsAreUnique() {
        assertThat(fleet.byId()).hasSize(INSTANCES);
        assertThat(fleet.byId().values())
                .extracting(SimulatedInstance::name)
                .doesNotHaveDuplicates();
        assertThat(fleet.byId().keySet()).allMatch(id -> id.matches("wlv_[0-9a-f]{12}"));
    }

    @Test
    void oneDayIsOneBeatAMinuteAndEveryLiveBeatGridContainsIt() {
        SimulatedInstance instance = fleet.instance(13);
        List<Long> minutes = seconds(instance, 0, DAY, 60);

        assertThat(minutes).hasSize(1440);
        assertThat(seconds(instance, 0, DAY, 5)).containsAll(minutes);
    }

    @Test
    void theClientsClockKeepsTheOrderOfItsBeats() {
        SimulatedInstance instance = fleet.instance(2);
        List<Long> timestamps = new ArrayList<>();
        for (long second = 0; second < 3600; second++) {
            timestamps.add(instance.timestamp(second));
            assertThat(fleet.secondAt(instance.timestamp(second))).isEqualTo(second);
        }

        assertThat(timestamps).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void startTimeIsConstantWithinOneLifeOfTheRunner() {
        SimulatedInstance instance = one(Kind.CRASH_LOOP);

        assertThat(day(instance, beat -> beat.getTimestamp() / 1000 - beat.getServer().getUptime()))
                .containsOnly(
                        instance.timestamp(0) / 1000 - instance.beat(0).getServer().getUptime());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void countersNeverFallWithoutALossOfTheirFile(Kind kind) {
        for (SimulatedInstance instance : all(kind)) {
            Map<String, Long> former = new HashMap<>();
            long start = 0;
            for (long second : seconds(instance, 0, 2 * DAY, 300)) {
                Heartbeat beat = instance.beat(second);
                long started = second - beat.getServer().getUptime();
                if (kind == Kind.DEPLOYED && started != start) {
                    former.clear();
                }
                start = started;
                counters(beat)
                        .forEach((name, value) -> {
                            assertThat(value)
                                    .as("%s of %s at %d", name, instance.name(), second)
                                    .isGreaterThanOrEqualTo(former.getOrDefault(name, 0L));
                            former.put(name, value);
                        });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "CLIENT_LEAN")
    void everyBreakdownAddsUpToTheTotals(Kind kind) {
        Usage usage = one(kind).beat(15 * 3600).getUsage();

        assertThat(usage.getByCategoryMap()).isNotEmpty();
        for (Map<String, UsageCounters> breakdown :
                List.of(
                        usage.getByCategoryMap(),
                        usage.getByModelMap(),
                        usage.getByToolMap(),
                        usage.getByProviderMap())) {
            if (!breakdown.isEmpty()) {
                assertAddsUp(breakdown.values(), usage);
            }
        }
        List<UsageCounters> pairs =
                usage.getByModelCategoryList().stream()
                        .map(ModelCategoryUsage::getCounters)
                        .toList();
        assertThat(pairs.isEmpty() || sum(pairs, UsageCounters::getCalls) == usage.getTotalCalls())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "CLIENT_LEAN")
    void peakMemoryIsNeverBelowMemoryAndNeverFallsWithinALifeOfTheRunner(Kind kind) {
        for (SimulatedInstance instance : all(kind)) {
            double peak = 0;
            long start = 0;
            for (long second : seconds(instance, 0, 2 * DAY, 60)) {
                Heartbeat beat = instance.beat(second);
                long started = second - beat.getServer().getUptime();
                peak = started == start ? peak : 0;
                start = started;
                assertThat(beat.getProcess().getPeakMemoryMb())
                        .isGreaterThanOrEqualTo(beat.getProcess().getMemoryMb())
                        .isGreaterThanOrEqualTo(peak);
                peak = beat.getProcess().getPeakMemoryMb();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLAT", "SAW_TOOTH", "DIURNAL", "CACHE_FILL", "EXPENSIVE", "OFFLINE"})
    void healthyMemoryStaysWithinBoundsAndItsProcessLives(String kind) {
        for (SimulatedInstance instance : all(Kind.valueOf(kind))) {
            assertThat(day(instance, SimulatedFleetTest::memory))
                    .allMatch(mb -> mb > 40 && mb < 400);
            assertThat(day(instance, beat -> (long) beat.getServer().getPid()).distinct())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LINEAR_LEAK", "STAIRCASE_LEAK"})
    void aLeakGrowsAllDayByFiveToSixtyMegabytesAnHour(String kind) {
        for (SimulatedInstance instance : all(Kind.valueOf(kind))) {
            long begin = memory(instance.beat(1800));
            long end = memory(instance.beat(23 * 3600 + 1800));

            assertThat((end - begin) / 23.0).isBetween(4.0, 62.0);
            assertThat(day(instance, beat -> (long) beat.getServer().getPid()).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void aMaskedLeakIsRestartedNearItsLimitSeveralTimesADay() {
        for (SimulatedInstance instance : all(Kind.MASKED_LEAK)) {
            long highest = day(instance, SimulatedFleetTest::memory).max().orElseThrow();
            long lives = day(instance, beat -> (long) beat.getServer().getPid()).distinct().count();

            assertThat(highest).isBetween(490L, 545L);
            assertThat(lives).isBetween(6L, 13L);
            assertThat(day(instance, SimulatedFleetTest::memory).min().orElseThrow())
                    .isLessThan((long) (0.6 * highest));
        }
    }

    @Test
    void aCrashLoopShowsThreeRestartsInTenMinutesWhileTheRunnerLivesOn() {
        for (SimulatedInstance instance : all(Kind.CRASH_LOOP)) {
            List<Long> seconds = seconds(instance, 0, DAY, 60);
            int most = 0;
            for (int i = 10; i < seconds.size(); i++) {
                int restarts = 0;
                for (int j = i - 9; j <= i; j++) {
                    restarts +=
                            pid(instance, seconds.get(j)) == pid(instance, seconds.get(j - 1))
                                    ? 0
                                    : 1;
                }
                most = Math.max(most, restarts);
            }
            assertThat(most).as(instance.name()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void crashLoopsAreSometimesDownWithUnhealthyRoutes() {
        assertThat(all(Kind.CRASH_LOOP))
                .allSatisfy(instance -> {
                    List<Heartbeat> down =
                            seconds(instance, 0, DAY, 60).stream()
                                    .map(instance::beat)
                                    .filter(b -> b.getServer().getStatus().equals("down"))
                                    .toList();
                    assertThat(down).isNotEmpty();
                    assertThat(down).allMatch(b -> b.getRoutes().getUnhealthy() > 0);
                });
    }

    @Test
    void aDeploymentRestartsTheRunnerAndSomeLoseTheirCounters() {
        List<SimulatedInstance> deployed = all(Kind.DEPLOYED);

        assertThat(deployed)
                .allMatch(instance ->
                        day(instance, b -> b.getServer().getUptime()).min().orElseThrow() < 120);
        assertThat(deployed.stream().filter(this::losesCounters)).isNotEmpty();
        assertThat(deployed.stream().filter(instance -> !losesCounters(instance))).isNotEmpty();
    }

    @Test
    void expensiveInstancesSpendMoreFromHourToHour() {
        for (SimulatedInstance instance : all(Kind.EXPENSIVE)) {
            double early = cost(instance, 4) - cost(instance, 0);
            double late = cost(instance, 24) - cost(instance, 20);

            assertThat(late).isGreaterThan(2 * early);
            Usage usage = instance.beat(DAY).getUsage();
            assertThat(usage.getByModelMap()).hasSize(6);
            assertThat(usage.getByModelCategoryList()).hasSizeGreaterThan(20);
            assertThat(usage.getByProviderMap()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void failingRepairsNeverSucceed() {
        for (SimulatedInstance instance : all(Kind.FAILING_REPAIRS)) {
            Heartbeat beat = instance.beat(DAY);

            assertThat(beat.getRepairs().getTotal()).isBetween(30L, 80L);
            assertThat(beat.getRepairs().getSuccesses()).isZero();
            assertThat(beat.getRepairs().getFailures()).isEqualTo(beat.getRepairs().getTotal());
        }
    }

    @Test
    void olderClientsLeaveOutWhatTheyDidNotKnow() {
        Heartbeat lean = one(Kind.CLIENT_LEAN).beat(5000);
        Heartbeat first = one(Kind.CLIENT_0_1).beat(5000);
        Heartbeat second = one(Kind.CLIENT_1_6).beat(5000);

        assertThat(lean.getServer().hasPid()).isFalse();
        assertThat(lean.getServer().hasStatus()).isFalse();
        assertThat(lean.getUsage().getByCategoryMap()).isEmpty();
        assertThat(lean.getRepairs().hasTotalTokens()).isTrue();
        assertThat(first.getRepairs().hasLastRepair()).isTrue();
        assertThat(first.getUsage().getByModelMap()).isEmpty();
        assertThat(first.getBrain().getNamespacesMap()).isNotEmpty();
        assertThat(second.getUsage().getByToolMap()).isNotEmpty();
        assertThat(second.getUsage().getByProviderMap()).isEmpty();
    }

    @Test
    void offlineInstancesAreSilentForAWhileAndOthersNever() {
        for (SimulatedInstance instance : all(Kind.OFFLINE)) {
            long silent =
                    LongStream.range(0, DAY).filter(s -> instance.outages().offline(s)).count();
            assertThat(silent).isBetween(3600L, 5L * 3600);
        }
        assertThat(one(Kind.FLAT).outages()).isEqualTo(Outages.NONE);
    }

    private static void assertAddsUp(Collection<UsageCounters> parts, Usage usage) {
        assertThat(sum(parts, UsageCounters::getCalls)).isEqualTo(usage.getTotalCalls());
        assertThat(sum(parts, UsageCounters::getTotal)).isEqualTo(usage.getTotalTokens());
        assertThat(parts.stream().mapToDouble(UsageCounters::getCost).sum())
                .isCloseTo(usage.getTotalCost(), within(1e-6));
    }

    private static long sum(
            Collection<UsageCounters> parts, ToLongFunction<UsageCounters> counter) {
        return parts.stream().mapToLong(counter).sum();
    }

    private static Map<String, Long> counters(Heartbeat beat) {
        Map<String, Long> counters = new HashMap<>();
        counters.put("repairs", beat.getRepairs().getTotal());
        counters.put("successes", beat.getRepairs().getSuccesses());
        counters.put("failures", beat.getRepairs().getFailures());
        counters.put("repair cost", Math.round(beat.getRepairs().getTotalCost() * 1e6));
        counters.put("tokens", beat.getUsage().getTotalTokens());
        counters.put("calls", beat.getUsage().getTotalCalls());
        counters.put("cost", Math.round(beat.getUsage().getTotalCost() * 1e6));
        beat.getUsage()
                .getByModelMap()
                .forEach((model, part) -> {
                    counters.put(model + " input", part.getInput());
                    counters.put(model + " output", part.getOutput());
                    counters.put(model + " cache", part.getCacheRead());
                    counters.put(model + " cost", Math.round(part.getCost() * 1e6));
                });
        beat.getUsage().getByToolMap().forEach((tool, part) -> counters.put(tool, part.getTotal()));
        return counters;
    }

    private boolean losesCounters(SimulatedInstance instance) {
        long previous = 0;
        for (long second : seconds(instance, 0, DAY, 60)) {
            long tokens = instance.beat(second).getUsage().getTotalTokens();
            if (tokens < previous) {
                return true;
            }
            previous = tokens;
        }
        return false;
    }

    private static double cost(SimulatedInstance instance, long hour) {
        return instance.beat(hour * 3600).getUsage().getTotalCost();
    }

    private static long memory(Heartbeat beat) {
        return (long) beat.getProcess().getMemoryMb();
    }

    private static int pid(SimulatedInstance instance, long second) {
        return instance.beat(second).getServer().getPid();
    }

    private static LongStream day(SimulatedInstance instance, ToLongFunction<Heartbeat> field) {
        return seconds(instance, 0, DAY, 60).stream().map(instance::beat).mapToLong(field);
    }

    private static List<Long> seconds(SimulatedInstance instance, long from, long to, long step) {
        List<Long> seconds = new ArrayList<>();
        for (long second = instance.dueFrom(from, step); second < to; second += step) {
            seconds.add(second);
        }
        return seconds;
    }

    private SimulatedInstance one(Kind kind) {
        return all(kind).getFirst();
    }

    private List<SimulatedInstance> all(Kind kind) {
        return IntStream.range(0, INSTANCES)
                .mapToObj(fleet::instance)
                .filter(instance -> instance.kind() == kind)
                .toList();
    }
}
