package dev.wolverine.query.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.GeneratedHistory;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.StoredUsage;
import dev.wolverine.db.ledger.UsageCounter;
import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.ledger.UsageKey;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.postgres.CompareFleetUsage;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.FleetUsageStore;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectFleetHealth;
import dev.wolverine.db.reader.SelectFleetUsage;
import dev.wolverine.db.reader.SelectServerUsage;
import dev.wolverine.db.reader.UsageAmounts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the analytics say of generated fleets, with restarts, losses, silences, late queues and two
 * instances on one id, equals brute force over the beats, in any zone, whatever order the beats
 * came in.
 */
@NullUnmarked
class AnalyticsIT {

    private static final int SERVERS = 5;
    private static final int SEEDS = Integer.getInteger("analytics.seeds", 3);

    /** The clocks of Berlin and Lord Howe change within the histories of the first end. */
    private static final List<Instant> ENDS =
            List.of(
                    Instant.parse("2026-10-31T12:00:00Z"),
                    Instant.parse("2026-11-21T11:52:30Z"),
                    Instant.parse("2026-04-06T01:00:00Z"));

    private static final List<ZoneId> ZONES =
            List.of(
                    ZoneId.of("UTC"),
                    ZoneId.of("Europe/Berlin"),
                    ZoneId.of("Asia/Kolkata"),
                    ZoneId.of("Asia/Kathmandu"),
                    ZoneId.of("Australia/Lord_Howe"),
                    ZoneId.of("America/St_Johns"));

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final Vertx vertx = Vertx.vertx();
    private final ReaderPool readers = new ReaderPool(vertx, testDatabase.config());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HeartbeatStore writer =
            new HeartbeatStore(
                    database.writer(),
                    new Partitions(database.owner()),
                    Clock.systemUTC(),
                    1_000,
                    QuarantineLimit.DEFAULT,
                    UsageLimits.DEFAULT,
                    meters);
    private final FleetUsageRollup rollup =
            new FleetUsageRollup(
                    new FleetUsageStore(database.writer()),
                    Duration.ofDays(1_826),
                    Clock.systemUTC(),
                    meters);
    private final CostQuery cost =
            new CostQuery(new SelectFleetUsage(readers), new SelectServerUsage(readers));

    private int compared;

    @AfterEach
    void close() throws Exception {
        writer.close();
        readers.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        database.close();
        testDatabase.close();
    }

    @Test
    void everyFigureEqualsBruteForceOverTheBeats() throws SQLException {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Instant end = ENDS.get(seed % ENDS.size());
            UUID organisation = organisation();
            UUID other = organisation();
            Map<String, List<Heartbeat>> histories = histories(seed, organisation, end);
            List<Heartbeat> all = new ArrayList<>();
            histories.values().forEach(all::addAll);
            histories(seed + 1_000, other, end).values().forEach(all::addAll);
            deliver(new Random(seed), all);
            check("seed " + seed, organisation, histories, end);
        }
        System.out.printf("%d figures equal brute force%n", compared);
        assertThat(compared).isGreaterThan(SEEDS * 1_000);
    }

    /** In a shuffled order, in batches of any size, with looks by the job in between. */
    private void deliver(Random random, List<Heartbeat> beats) {
        Collections.shuffle(beats, random);
        for (int from = 0; from < beats.size(); ) {
            int to = Math.min(beats.size(), from + 1 + random.nextInt(60));
            writer.write(beats.subList(from, to));
            if (random.nextInt(25) == 0) {
                rollup.catchUp();
            }
            from = to;
        }
        rollup.catchUp();
    }

    @Test
    void whatTheJobMissedIsAddedUpAnew() throws SQLException {
        Instant end = ENDS.getFirst();
        UUID organisation = organisation();
        Map<String, List<Heartbeat>> histories = histories(7, organisation, end);
        rollup.catchUp();
        histories.values().forEach(writer::write);
        execute("DELETE FROM commits");
        execute("UPDATE fleet_usage_progress SET followed_at = now() - interval '51 minutes'");
        rollup.catchUp();
        check("commits gone", organisation, histories, end);
    }

    @Test
    void whatStandsInTheWayOfBruteForceIsSeen() throws SQLException {
        Instant end = ENDS.getFirst();
        UUID organisation = organisation();
        Map<String, List<Heartbeat>> histories = histories(3, organisation, end);
        histories.values().forEach(writer::write);
        rollup.catchUp();
        Period period = Period.last(Duration.ofDays(40), end, ZONES.getFirst());
        long right = total(organisation, period);
        assertThat(right).isPositive();
        assertThat(differing(organisation, period)).isZero();
        execute(
                "UPDATE fleet_usage SET cost_micros = cost_micros + 1 WHERE dimension = 0 AND bucket ="
                        + " (SELECT max(bucket) FROM fleet_usage WHERE dimension = 0)");
        assertThat(total(organisation, period)).isEqualTo(right + 1);
        assertThat(differing(organisation, period)).isOne();
    }

    private long differing(UUID organisation, Period period) {
        return new CompareFleetUsage(database.writer())
                .differing(organisation, period.from(), period.to());
    }

    private long total(UUID organisation, Period period) {
        return get(cost.breakdown(organisation, period, Grouping.MODEL, null, null, 100))
                .total()
                .costMicros();
    }

    private void check(
            String what, UUID organisation, Map<String, List<Heartbeat>> histories, Instant end) {
        Map<String, Map<UsageKey, long[]>> truth = new TreeMap<>();
        histories.forEach((server, beats) -> truth.put(server, StoredUsage.cells(beats)));
        Random random = new Random(what.hashCode());
        for (ZoneId zone : ZONES) {
            for (Step step : Step.values()) {
                Duration length = step == Step.QUARTER ? Duration.ofDays(3) : Duration.ofDays(30);
                Period period = Period.last(length, end, zone);
                for (Grouping by : Grouping.values()) {
                    checkSeries(what, organisation, truth, period, step, by);
                }
            }
            for (int i = 0; i < 3; i++) {
                Instant to = end.minusSeconds(random.nextInt(86_400 * 5));
                Instant from = to.minusSeconds(60 + random.nextInt(86_400 * 10));
                Period period = Period.between(from, to, zone);
                checkBreakdowns(what, organisation, truth, period);
                checkRecovery(what, organisation, histories, period);
            }
        }
    }

    /** From the first beat that is down or unhealthy to the next that is not. */
    private void checkRecovery(
            String what, UUID organisation, Map<String, List<Heartbeat>> histories, Period period) {
        int began = 0;
        int ended = 0;
        double seconds = 0;
        for (List<Heartbeat> beats : histories.values()) {
            Heartbeat first = null;
            for (Heartbeat beat : beats) {
                boolean isHealthy =
                        beat.status() != ReportedStatus.DOWN && beat.unhealthyRoutes() <= 0;
                if (first == null && !isHealthy) {
                    first = beat;
                    began += isOutside(period, beat.timestamp()) ? 0 : 1;
                } else if (first != null && isHealthy) {
                    if (!isOutside(period, first.timestamp())) {
                        ended++;
                        seconds +=
                                Duration.between(first.timestamp(), beat.timestamp()).toMillis()
                                        / 1e3;
                    }
                    first = null;
                }
            }
        }
        SelectFleetHealth.Health found =
                get(
                        new SelectFleetHealth(readers)
                                .execute(organisation, period.from(), period.to()));
        assertThat(found.episodesBegan()).as(what + " began " + period).isEqualTo(began);
        assertThat(found.episodesEnded()).as(what + " ended " + period).isEqualTo(ended);
        if (ended > 0) {
            assertThat(found.meanSecondsToHealthy())
                    .as(what + " " + period)
                    .isCloseTo(seconds / ended, within(0.001));
        }
        compared += 3;
    }

    private void checkSeries(
            String what,
            UUID organisation,
            Map<String, Map<UsageKey, long[]>> truth,
            Period period,
            Step step,
            Grouping by) {
        Map<String, long[]> expected = new TreeMap<>();
        truth.forEach((server, cells) ->
                cells.forEach((key, amounts) -> {
                    Instant at = Instant.ofEpochMilli(key.quarter() * UsageKey.QUARTER_MILLIS);
                    if (key.series().dimension() != by.dimension() || isOutside(period, at)) {
                        return;
                    }
                    Instant start = step.start(at, period.zone());
                    String label = by == Grouping.SERVER ? server : key.series().key();
                    String point =
                            (start.isBefore(period.from()) ? period.from() : start) + " " + label;
                    expected.merge(point, figures(amounts), LedgerFacts::sum);
                }));
        Map<String, long[]> found = new TreeMap<>();
        get(cost.series(organisation, period, step, by, null))
                .points()
                .forEach(point ->
                        found.put(point.time() + " " + point.key(), figures(point.amounts())));
        assertSame(what + " " + period + " " + step + " " + by, found, expected);
    }

    private void checkBreakdowns(
            String what,
            UUID organisation,
            Map<String, Map<UsageKey, long[]>> truth,
            Period period) {
        long total = 0;
        for (Map<UsageKey, long[]> cells : truth.values()) {
            for (Map.Entry<UsageKey, long[]> cell : cells.entrySet()) {
                if (cell.getKey().series().dimension() == UsageDimension.TOTAL
                        && !isOutside(period, at(cell.getKey()))) {
                    total += cell.getValue()[UsageCounter.COST_MICROS.ordinal()];
                }
            }
        }
        for (Grouping by : Grouping.values()) {
            breakdown(
                    what,
                    organisation,
                    truth,
                    period,
                    by,
                    null,
                    by.dimension(),
                    (server, key) -> by == Grouping.SERVER ? server : key.series().key(),
                    total);
            if (by != Grouping.SERVER) {
                breakdown(
                        what,
                        organisation,
                        truth,
                        period,
                        Grouping.SERVER,
                        by,
                        by.dimension(),
                        (server, key) -> server + "/" + key.series().key(),
                        total);
            }
        }
        breakdown(
                what,
                organisation,
                truth,
                period,
                Grouping.CATEGORY,
                Grouping.MODEL,
                UsageDimension.MODEL_CATEGORY,
                (_, key) -> key.series().category() + "/" + key.series().key(),
                total);
    }

    private void breakdown(
            String what,
            UUID organisation,
            Map<String, Map<UsageKey, long[]>> truth,
            Period period,
            Grouping by,
            Grouping by2,
            UsageDimension dimension,
            BiFunction<String, UsageKey, String> label,
            long total) {
        Map<String, long[]> expected = new TreeMap<>();
        Map<String, Long> before = new HashMap<>();
        long parts = 0;
        for (Map.Entry<String, Map<UsageKey, long[]>> server : truth.entrySet()) {
            for (Map.Entry<UsageKey, long[]> cell : server.getValue().entrySet()) {
                UsageKey key = cell.getKey();
                if (key.series().dimension() != dimension) {
                    continue;
                }
                String name = label.apply(server.getKey(), key);
                long micros = cell.getValue()[UsageCounter.COST_MICROS.ordinal()];
                if (!isOutside(period, at(key))) {
                    expected.merge(name, figures(cell.getValue()), LedgerFacts::sum);
                    parts += micros;
                } else if (!isOutside(period.previous(), at(key))) {
                    before.merge(name, micros, Long::sum);
                }
            }
        }
        CostReport report = get(cost.breakdown(organisation, period, by, by2, null, 1_000));
        Map<String, long[]> found = new TreeMap<>();
        for (UsageShare share : report.groups()) {
            String name = by2 == null ? share.key() : share.key() + "/" + share.key2();
            found.put(name, figures(share.amounts()));
            assertThat(share.previousCostMicros())
                    .as(what + " " + period + " before, " + name)
                    .isEqualTo(before.getOrDefault(name, 0L));
        }
        String which = what + " " + period + " by " + by + " and " + by2;
        assertSame(which, found, expected);
        assertThat(report.total().costMicros()).as(which).isEqualTo(total);
        assertThat(report.unattributedMicros()).as(which).isEqualTo(total - parts);
    }

    private void assertSame(String what, Map<String, long[]> found, Map<String, long[]> expected) {
        assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, amounts) -> {
            assertThat(found.get(key)).as(what + ": " + key).isEqualTo(amounts);
            compared += amounts.length;
        });
    }

    private static boolean isOutside(Period period, Instant at) {
        return at.isBefore(period.from()) || !at.isBefore(period.to());
    }

    private static Instant at(UsageKey key) {
        return Instant.ofEpochMilli(key.quarter() * UsageKey.QUARTER_MILLIS);
    }

    private static long[] figures(long[] cell) {
        long[] figures = new long[UsageCounter.values().length + 1];
        System.arraycopy(cell, 0, figures, 0, UsageCounter.values().length);
        figures[figures.length - 1] =
                cell[LedgerFacts.ESTIMATED] > 0 ? cell[UsageCounter.COST_MICROS.ordinal()] : 0;
        return figures;
    }

    private static long[] figures(UsageAmounts amounts) {
        return new long[] {
            amounts.inputTokens(),
            amounts.outputTokens(),
            amounts.tokens(),
            amounts.calls(),
            amounts.costMicros(),
            amounts.cacheCreationTokens(),
            amounts.cacheReadTokens(),
            amounts.cacheSavingsMicros(),
            amounts.successes(),
            amounts.failures(),
            amounts.estimatedCostMicros()
        };
    }

    private static Map<String, List<Heartbeat>> histories(
            long seed, UUID organisation, Instant end) {
        Map<String, List<Heartbeat>> histories = new TreeMap<>();
        for (int server = 0; server < SERVERS; server++) {
            String id = "wlv_" + server;
            histories.put(
                    id,
                    GeneratedHistory.of(
                            seed * SERVERS + server, new Identity(organisation, id), end));
        }
        return histories;
    }

    private UUID organisation() throws SQLException {
        UUID organisation = UUID.randomUUID();
        execute("INSERT INTO organisations VALUES ('" + organisation + "', 'generated')");
        return organisation;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
