package dev.wolverine.bench.fleet;

import java.util.ArrayList;
import java.util.List;

/** Draws an instance's lot from the seed. Immutable. */
final class InstanceFactory {
    private static final long HOUR = 3600;
    private static final long DAY = 24 * HOUR;

    /** A leak has no child killed before its chart has shown it for a day and some. */
    private static final double FIRST_KILL_HOURS = 30;

    private static final double HOURS_BETWEEN_KILLS = 36;

    private static final double RUNNER_LIMIT_MB = 512;

    private static final List<String> CATEGORIES =
            List.of(
                    "heal",
                    "develop",
                    "chat",
                    "research",
                    "security",
                    "classify",
                    "brain",
                    "mcp",
                    "audit");
    private static final List<String> TOOLS =
            List.of("edit_file", "grep_code", "bash_exec", "read_file", "call_endpoint");
    private static final List<String> PATHS =
            List.of("/api/orders", "/api/search", "/checkout", "/report/:id", "/", "/login");

    private final long seed;
    private final long originSecond;

    InstanceFactory(long seed, long originSecond) {
        this.seed = seed;
        this.originSecond = originSecond;
    }

    SimulatedInstance create(int index) {
        Chance chance = new Chance(seed).of(index);
        Roster.Member member = Roster.member(index);
        ClientGeneration generation = generation(member.kind());
        double base = Math.rint(chance.of("base").between(0, 85, 170));
        Lives lives = lives(member.kind(), base, chance.of("lives"));
        return new SimulatedInstance(
                traits(index, member, generation, chance.of("traits")),
                lives,
                memory(member.kind(), base, chance.of("memory"), lives),
                new UsageSimulation(
                        activity(member.kind(), chance.of("activity")),
                        strands(member.kind(), chance.of("strands")),
                        generation),
                repairs(member.kind(), lives, chance.of("repairs")),
                outages(member.kind(), chance.of("outages")),
                chance.of("beats"));
    }

    private static ClientGeneration generation(Kind kind) {
        return switch (kind) {
            case CLIENT_0_1 -> ClientGeneration.FIRST;
            case CLIENT_1_6 -> ClientGeneration.BEFORE_PROVIDERS;
            case CLIENT_LEAN -> ClientGeneration.LEAN;
            default -> ClientGeneration.CURRENT;
        };
    }

    private SimulatedInstance.Traits traits(
            int index, Roster.Member member, ClientGeneration generation, Chance chance) {
        return new SimulatedInstance.Traits(
                "wlv_%012x".formatted(chance.bits(0) >>> 16),
                member.name(),
                member.kind(),
                generation,
                member.kind() == Kind.DEPLOYED && index % 2 == 0,
                3000 + index % 1000,
                4 + chance.below(1, 30),
                PATHS.get(chance.below(2, PATHS.size())),
                15 + chance.below(3, 150),
                chance.between(4, 1, 5),
                chance.between(5, 6, 30),
                chance.between(6, 3, 8),
                originSecond * 1000,
                index * 37 % 60,
                chance.below(7, 950));
    }

    private static Lives lives(Kind kind, double base, Chance chance) {
        long start = -HOUR * (5 + chance.below(0, 200));
        return switch (kind) {
            case DEPLOYED ->
                    new Lives.Deployed(
                            start,
                            hours(chance.between(1, 6, 18)),
                            hours(chance.between(2, 26, 40)));
            case LINEAR_LEAK, STAIRCASE_LEAK ->
                    new Lives.Recycled(
                            -HOUR,
                            hours(FIRST_KILL_HOURS),
                            hours(HOURS_BETWEEN_KILLS),
                            chance.of("kills"));
            case MASKED_LEAK -> {
                long life = hours((RUNNER_LIMIT_MB - base) / chance.between(3, 110, 170));
                yield new Lives.Recycled(
                        start, chance.below(4, (int) life), life, chance.of("kills"));
            }
            case CRASH_LOOP -> {
                boolean endless = chance.unit(5) < 0.5;
                yield new Lives.CrashLooping(
                        start,
                        hours(endless ? chance.between(6, 20, 23.5) : chance.between(6, 4, 8)),
                        90 + chance.below(7, 70),
                        endless ? 365 * DAY : 25 * 60,
                        endless ? 0 : hours(chance.between(8, 1, 3)),
                        chance.of("crashes"));
            }
            default -> new Lives.Steady(start);
        };
    }

    private static MemoryProfile memory(Kind kind, double base, Chance chance, Lives lives) {
        return switch (kind) {
            case SAW_TOOTH ->
                    new MemoryProfile.SawTooth(
                            base, chance.between(0, 25, 70), 900 + chance.below(1, 4000));
            case DIURNAL, EXPENSIVE ->
                    new MemoryProfile.Diurnal(
                            base, chance.between(2, 30, 90), hours(chance.between(3, 0, 24)));
            case CACHE_FILL ->
                    new MemoryProfile.CacheFill(
                            base, chance.between(4, 60, 160), hours(chance.between(5, 1, 4)));
            case DEPLOYED ->
                    new MemoryProfile.Stepped(base, chance.between(6, 30, 60), chance.of("steps"));
            case LINEAR_LEAK -> new MemoryProfile.Linear(base, chance.between(7, 5, 60));
            case STAIRCASE_LEAK -> {
                long seconds = 20 * 60 + chance.below(8, 20 * 60);
                double perHour = chance.between(9, 8, 40);
                yield new MemoryProfile.Staircase(base, perHour * seconds / HOUR, seconds);
            }
            case MASKED_LEAK -> {
                long life = ((Lives.Recycled) lives).between();
                yield new MemoryProfile.Linear(base, (RUNNER_LIMIT_MB - base) * HOUR / life);
            }
            default -> new MemoryProfile.Flat(base);
        };
    }

    private static Activity activity(Kind kind, Chance chance) {
        boolean expensive = kind == Kind.EXPENSIVE;
        return new Activity(
                expensive ? chance.between(0, 25, 50) : chance.between(0, 0.5, 6),
                chance.between(1, 0.2, 0.9),
                hours(chance.between(2, 0, 24)),
                hours(chance.between(3, 8, 16)),
                expensive ? chance.between(4, 12, 25) : 0);
    }

    /** Each pair of model and category once; the shares are of different size and add up to 1. */
    private static List<Strand> strands(Kind kind, Chance chance) {
        boolean expensive = kind == Kind.EXPENSIVE;
        List<LanguageModel> models = models(expensive ? 6 : 2 + chance.below(0, 3), chance);
        int pairs = Math.min(models.size() * CATEGORIES.size(), expensive ? 36 : 12);
        int offset = chance.below(1, CATEGORIES.size());
        double total = 0;
        double[] weights = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            weights[i] = chance.between(10 + i, 0.2, 1);
            total += weights[i];
        }
        List<Strand> strands = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            LanguageModel model = models.get(i % models.size());
            int category = (i / models.size() + offset) % CATEGORIES.size();
            Chance own = chance.of("strand").of(i);
            strands.add(
                    new Strand(
                            model,
                            CATEGORIES.get(category),
                            TOOLS.get(own.below(0, TOOLS.size())),
                            weights[i] / total,
                            own.below(1, 12),
                            3000 + own.below(2, 7000),
                            400 + own.below(3, 1800),
                            own));
        }
        return strands;
    }

    private static List<LanguageModel> models(int count, Chance chance) {
        List<LanguageModel> models = new ArrayList<>();
        LanguageModel[] all = LanguageModel.values();
        int first = chance.below(2, all.length);
        for (int i = 0; i < count; i++) {
            models.add(all[(first + i * 5) % all.length]);
        }
        return models;
    }

    private static RepairSimulation repairs(Kind kind, Lives lives, Chance chance) {
        long spacing =
                switch (kind) {
                    case CRASH_LOOP -> 0;
                    case FAILING_REPAIRS -> 20 * 60 + chance.below(0, 20 * 60);
                    default -> hours(chance.between(1, 7, 60));
                };
        double failing =
                switch (kind) {
                    case CRASH_LOOP -> 0.9;
                    case FAILING_REPAIRS -> 1;
                    default -> 0.2;
                };
        return new RepairSimulation(
                lives,
                kind == Kind.FAILING_REPAIRS ? 0 : 1 + chance.below(2, 9),
                spacing,
                failing,
                chance.between(3, 0.03, 0.2),
                chance.of("cost"));
    }

    private static Outages outages(Kind kind, Chance chance) {
        return kind == Kind.OFFLINE
                ? new Outages(
                        6 * HOUR, 20 * 60 + chance.below(0, 40 * 60), chance.below(1, 6 * 3600))
                : Outages.NONE;
    }

    private static long hours(double hours) {
        return (long) (hours * HOUR);
    }
}
