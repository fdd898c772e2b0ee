package dev.wolverine.alerts.rule;

import dev.wolverine.alerts.Severity;
import java.util.Locale;
import java.util.Map;

/**
 * The settings of a kind of rule: one record a kind, with defaults and bounds. They are written
 * down as flat texts by name, {@code {"holdMinutes": "30"}}; what is left out has its default.
 */
public sealed interface RuleParameters {

    RuleKind kind();

    /** All settings by name, defaults too; {@link #of} makes the same of it again. */
    Map<String, String> toMap();

    /**
     * @throws InvalidParameters with every error: `name: value (expected: ...)`
     */
    static RuleParameters of(RuleKind kind, Map<String, String> settings) {
        Settings read = new Settings(settings);
        RuleParameters parameters =
                switch (kind) {
                    case MEMORY_LEAK -> MemoryLeak.read(read);
                    case CRASH_LOOP -> CrashLoop.read(read);
                    case HEAL_LOOP -> HealLoop.read(read);
                    case SERVER_DOWN -> ServerDown.read(read);
                    case ROUTE_DOWN -> RouteDown.read(read);
                    case SLOW_ROUTE -> SlowRoute.read(read);
                    case THRESHOLD -> Threshold.read(read);
                    case BUDGET -> Budget.read(read);
                    case COST_ANOMALY -> CostAnomaly.read(read);
                    case BACKUP_STALE -> BackupStale.read(read);
                    case FLEET_EVENT -> FleetEvent.read(read);
                    case CLIENT_ALERT -> ClientAlert.read(read);
                    case EXPRESSION -> Expression.read(read);
                };
        read.check();
        return parameters;
    }

    /**
     * @param leastMb growth over six hours, megabytes; a fraction of it counts over a day
     * @param leastPercent the same, of the memory at the beginning
     * @param holdMinutes growth has to be seen for so long
     * @param keepMinutes it fires for so long after growth was last seen
     * @param criticalHours critical if the limit is nearer
     * @param usualLimitMb where the instance reports no limit and none is known from its restarts
     * @param growing whether growth that is not held yet is told, as info
     */
    record MemoryLeak(
            int leastMb,
            int leastPercent,
            int holdMinutes,
            int keepMinutes,
            int criticalHours,
            int usualLimitMb,
            boolean growing)
            implements RuleParameters {

        static MemoryLeak read(Settings settings) {
            return new MemoryLeak(
                    settings.whole("leastMb", 16, 4, 65_536),
                    settings.whole("leastPercent", 10, 1, 500),
                    settings.whole("holdMinutes", 15, 15, 240),
                    settings.whole("keepMinutes", 120, 15, 240),
                    settings.whole("criticalHours", 24, 1, 720),
                    settings.whole("usualLimitMb", 512, 16, 65_536),
                    settings.yesOrNo("growing", false));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.MEMORY_LEAK;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "leastMb", Integer.toString(leastMb),
                    "leastPercent", Integer.toString(leastPercent),
                    "holdMinutes", Integer.toString(holdMinutes),
                    "keepMinutes", Integer.toString(keepMinutes),
                    "criticalHours", Integer.toString(criticalHours),
                    "usualLimitMb", Integer.toString(usualLimitMb),
                    "growing", Boolean.toString(growing));
        }
    }

    /**
     * So many restarts within so long are a loop, in each of three ways; see the page on alerts.
     *
     * @param calmMinutes without a restart, at least, end it
     */
    record CrashLoop(
            int fastRestarts,
            int fastMinutes,
            int backOffRestarts,
            int backOffMinutes,
            int slowRestarts,
            int slowHours,
            int calmMinutes)
            implements RuleParameters {

        static CrashLoop read(Settings settings) {
            return new CrashLoop(
                    settings.whole("fastRestarts", 3, 2, 30),
                    settings.whole("fastMinutes", 25, 1, 120),
                    settings.whole("backOffRestarts", 5, 2, 30),
                    settings.whole("backOffMinutes", 60, 5, 360),
                    settings.whole("slowRestarts", 8, 2, 30),
                    settings.whole("slowHours", 6, 1, 24),
                    settings.whole("calmMinutes", 10, 1, 720));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.CRASH_LOOP;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "fastRestarts", Integer.toString(fastRestarts),
                    "fastMinutes", Integer.toString(fastMinutes),
                    "backOffRestarts", Integer.toString(backOffRestarts),
                    "backOffMinutes", Integer.toString(backOffMinutes),
                    "slowRestarts", Integer.toString(slowRestarts),
                    "slowHours", Integer.toString(slowHours),
                    "calmMinutes", Integer.toString(calmMinutes));
        }
    }

    /**
     * @param repairs within an hour that are a loop
     * @param comebacks of one error within a day, after repairs that were said to have helped
     */
    record HealLoop(int repairs, int comebacks) implements RuleParameters {

        static HealLoop read(Settings settings) {
            return new HealLoop(
                    settings.whole("repairs", 3, 2, 100), settings.whole("comebacks", 3, 1, 100));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.HEAL_LOOP;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "repairs", Integer.toString(repairs),
                    "comebacks", Integer.toString(comebacks));
        }
    }

    /**
     * Silence, or the client's own word. The grace follows the rhythm in which the instance's beats
     * come.
     *
     * @param jitterFactor grace as a multiple of its 99th percentile of gaps
     * @param leastIntervals grace, at least, in its own intervals
     * @param leastSeconds grace, at least
     * @param mostSeconds grace, at most
     */
    record ServerDown(double jitterFactor, int leastIntervals, int leastSeconds, int mostSeconds)
            implements RuleParameters {

        static ServerDown read(Settings settings) {
            ServerDown read =
                    new ServerDown(
                            settings.decimal("jitterFactor", 1.5, 1, 10),
                            settings.whole("leastIntervals", 2, 2, 100),
                            settings.whole("leastSeconds", 30, 2, 86_400),
                            settings.whole("mostSeconds", 3_600, 2, 604_800));
            settings.require(
                    read.mostSeconds >= read.leastSeconds,
                    "mostSeconds",
                    read.mostSeconds,
                    "at least leastSeconds, " + read.leastSeconds);
            return read;
        }

        @Override
        public RuleKind kind() {
            return RuleKind.SERVER_DOWN;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "jitterFactor", Settings.text(jitterFactor),
                    "leastIntervals", Integer.toString(leastIntervals),
                    "leastSeconds", Integer.toString(leastSeconds),
                    "mostSeconds", Integer.toString(mostSeconds));
        }
    }

    /**
     * @param unhealthy so many routes
     * @param beats one after the other, at least
     */
    record RouteDown(int unhealthy, int beats) implements RuleParameters {

        static RouteDown read(Settings settings) {
            return new RouteDown(
                    settings.whole("unhealthy", 1, 1, 255), settings.whole("beats", 2, 1, 8));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.ROUTE_DOWN;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "unhealthy", Integer.toString(unhealthy), "beats", Integer.toString(beats));
        }
    }

    /**
     * @param millis average of the slowest route, more than
     * @param beats one after the other, at least
     */
    record SlowRoute(int millis, int beats) implements RuleParameters {

        /** Up to here, beats of slowness are told apart. */
        public static final int MOST_MILLIS = 600_000;

        static SlowRoute read(Settings settings) {
            return new SlowRoute(
                    settings.whole("millis", 1_000, 1, MOST_MILLIS),
                    settings.whole("beats", 3, 1, 8));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.SLOW_ROUTE;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of("millis", Integer.toString(millis), "beats", Integer.toString(beats));
        }
    }

    /** Compares a number of the newest beat. */
    record Threshold(Field field, Comparison comparison, double value) implements RuleParameters {

        /** What can be compared; each name says its unit. */
        public enum Field {
            MEMORY_MB,
            PEAK_MEMORY_MB,
            CPU_PERCENT,
            UPTIME_SECONDS,
            ROUTES_HEALTHY,
            ROUTES_UNHEALTHY,
            ROUTES_TOTAL,
            SLOWEST_ROUTE_MS,
            REPAIRS,
            REPAIR_SUCCESSES,
            REPAIR_FAILURES,
            REPAIR_COST_DOLLARS,
            TOKENS,
            CALLS,
            COST_DOLLARS,
            CACHE_SAVINGS_DOLLARS,
            MEMORIES,
            BACKUPS,
            INSTANCES
        }

        /** By the names `above`, `at_least`, `below`, `at_most`. */
        public enum Comparison {
            ABOVE,
            AT_LEAST,
            BELOW,
            AT_MOST;

            public boolean holds(double actual, double limit) {
                return switch (this) {
                    case ABOVE -> actual > limit;
                    case AT_LEAST -> actual >= limit;
                    case BELOW -> actual < limit;
                    case AT_MOST -> actual <= limit;
                };
            }
        }

        static Threshold read(Settings settings) {
            return new Threshold(
                    settings.oneOf("field", Field.class, null),
                    settings.oneOf("comparison", Comparison.class, Comparison.ABOVE),
                    settings.decimal("value", null, -1e15, 1e15));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.THRESHOLD;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "field", field.name().toLowerCase(Locale.ROOT),
                    "comparison", comparison.name().toLowerCase(Locale.ROOT),
                    "value", Settings.text(value));
        }
    }

    /**
     * @param leastPercent of a budget; lower marks are not told
     * @param forecasts whether a budget that will be overrun is told before it is
     */
    record Budget(int leastPercent, boolean forecasts) implements RuleParameters {

        static Budget read(Settings settings) {
            return new Budget(
                    settings.whole("leastPercent", 80, 1, 1_000),
                    settings.yesOrNo("forecasts", true));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.BUDGET;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "leastPercent", Integer.toString(leastPercent),
                    "forecasts", Boolean.toString(forecasts));
        }
    }

    /**
     * @param leastDollars spent above what was expected
     * @param keepHours told for so long after it was found
     */
    record CostAnomaly(double leastDollars, int keepHours) implements RuleParameters {

        static CostAnomaly read(Settings settings) {
            return new CostAnomaly(
                    settings.decimal("leastDollars", 1d, 0, 1e9),
                    settings.whole("keepHours", 2, 1, 168));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.COST_ANOMALY;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "leastDollars", Settings.text(leastDollars),
                    "keepHours", Integer.toString(keepHours));
        }
    }

    /**
     * @param hours since the number of backups last changed
     */
    record BackupStale(int hours) implements RuleParameters {

        static BackupStale read(Settings settings) {
            return new BackupStale(settings.whole("hours", 168, 1, 8_760));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.BACKUP_STALE;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of("hours", Integer.toString(hours));
        }
    }

    /**
     * @param percent of the servers of a group
     * @param servers at least
     * @param seconds within which they restart
     * @param keepMinutes told for so long after the last of them
     */
    record FleetEvent(int percent, int servers, int seconds, int keepMinutes)
            implements RuleParameters {

        static FleetEvent read(Settings settings) {
            return new FleetEvent(
                    settings.whole("percent", 30, 1, 100),
                    settings.whole("servers", 3, 2, 1_000_000),
                    settings.whole("seconds", 120, 1, 600),
                    settings.whole("keepMinutes", 15, 1, 60));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.FLEET_EVENT;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of(
                    "percent", Integer.toString(percent),
                    "servers", Integer.toString(servers),
                    "seconds", Integer.toString(seconds),
                    "keepMinutes", Integer.toString(keepMinutes));
        }
    }

    /**
     * @param leastSeverity of what the instance reports
     */
    record ClientAlert(Severity leastSeverity) implements RuleParameters {

        static ClientAlert read(Settings settings) {
            return new ClientAlert(
                    settings.oneOf("leastSeverity", Severity.class, Severity.WARNING));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.CLIENT_ALERT;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of("leastSeverity", leastSeverity.name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Its types are checked where it is compiled.
     *
     * @param expression true while the rule fires
     * @param recovery true once it no longer does; empty for the opposite
     */
    record Expression(String expression, String recovery) implements RuleParameters {

        /** Characters. */
        public static final int MOST_CHARACTERS = 4_000;

        static Expression read(Settings settings) {
            return new Expression(
                    settings.text("expression", null, MOST_CHARACTERS),
                    settings.text("recovery", "", MOST_CHARACTERS));
        }

        @Override
        public RuleKind kind() {
            return RuleKind.EXPRESSION;
        }

        @Override
        public Map<String, String> toMap() {
            return Map.of("expression", expression, "recovery", recovery);
        }
    }
}
