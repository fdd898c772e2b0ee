package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.UptimeStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hours that the job keeps are those that brute force finds in the beats. */
@NullUnmarked
class UptimeRollupIT {

    private static final Instant BEGIN = Instant.parse("2026-11-20T05:00:00Z");
    private static final Duration SPAN = Duration.ofHours(8);
    private static final Duration RETENTION = Duration.ofDays(1);
    private static final Duration STEP = Duration.ofMinutes(20);

    private final List<SimpleMeterRegistry> registries = new ArrayList<>();

    /**
     * Beats with gaps of every kind, on time and late, in whatever order; windows in which the
     * platform was away in every second run, two processes at once in every third.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void hoursAreThoseOfBruteForce(long seed) {
        Random random = new Random(seed);
        SettableClock clock = new SettableClock(BEGIN);
        try (UptimeDatabase database = new UptimeDatabase()) {
            List<UptimeRollup> rollups = new ArrayList<>();
            for (int i = 0; i < (seed % 3 == 0 ? 2 : 1); i++) {
                rollups.add(rollup(database.database().writer(), clock));
            }
            List<Integer> servers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                servers.add(database.server(BEGIN));
            }
            List<TestBeat> beats = beats(servers, random);
            List<BruteForceUptime.Window> windows = seed % 2 == 0 ? windows(random) : List.of();

            Instant end = beats.getLast().receivedAt().plus(Duration.ofHours(3));
            List<TestBeat> left = new ArrayList<>(beats);
            List<BruteForceUptime.Window> coming = new ArrayList<>(windows);
            while (clock.instant().isBefore(end)) {
                clock.advance(STEP);
                List<TestBeat> arrived = arrived(left, clock.instant());
                left.removeAll(arrived);
                while (!arrived.isEmpty()) {
                    int size = 1 + random.nextInt(arrived.size());
                    database.commit(arrived.subList(0, size));
                    arrived = arrived.subList(size, arrived.size());
                }
                coming.removeIf(window -> {
                    boolean over = !window.to().isAfter(clock.instant());
                    if (over) {
                        database.window(window);
                    }
                    return over;
                });
                catchUp(rollups);
            }

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> {
                        catchUp(rollups);
                        for (int server : servers) {
                            assertThat(database.rows(server))
                                    .isEqualTo(
                                            new BruteForceUptime(server, beats, windows).hours());
                        }
                    });
            String versions = database.versions();
            catchUp(rollups);
            database.execute("UPDATE uptime_progress SET next_hour = '" + BEGIN + "'");
            catchUp(rollups);
            assertThat(database.versions()).as("nothing is written twice").isEqualTo(versions);
            System.out.printf(
                    "seed %d: %d servers, %d beats, %d of them late, %d windows, %d processes: %s rows equal,"
                            + " %.0f hours counted anew%n",
                    seed,
                    servers.size(),
                    beats.size(),
                    beats.stream().filter(UptimeRollupIT::isLate).count(),
                    windows.size(),
                    rollups.size(),
                    database.ask("SELECT count(*) FROM uptime_hourly"),
                    registries.stream().mapToDouble(UptimeRollupIT::countedAnew).sum());
        }
    }

    @Test
    void aLateBeatMendsTheHourBeforeItsOwnToo() {
        Instant next = BEGIN.plus(Duration.ofHours(1));
        SettableClock clock = new SettableClock(BEGIN);
        try (UptimeDatabase database = new UptimeDatabase()) {
            UptimeRollup rollup = rollup(database.database().writer(), clock);
            rollup.catchUp();
            int server = database.server(BEGIN);
            TestBeat before =
                    TestBeat.healthy(server, next.minusSeconds(90), next.minusSeconds(89));
            database.commit(List.of(before));
            clock.advance(Duration.ofMinutes(40));
            rollup.catchUp();
            clock.advance(Duration.ofMinutes(40));
            rollup.catchUp();
            assertThat(database.rows(server).toString()).contains("alive 60000");

            TestBeat late = TestBeat.healthy(server, next.plusSeconds(30), clock.instant());
            database.commit(List.of(late));
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> {
                        rollup.catchUp();
                        assertThat(database.rows(server).toString()).contains("alive 90000");
                    });
        }
    }

    private UptimeRollup rollup(DataSource writer, SettableClock clock) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        registries.add(meters);
        return new UptimeRollup(
                new UptimeStore(writer), new SelectReopened(writer), RETENTION, clock, meters);
    }

    private static double countedAnew(SimpleMeterRegistry meters) {
        return meters.get("wolverine.uptime.hours.counted")
                .tag("cause", "reopened")
                .counter()
                .count();
    }

    private static void catchUp(List<UptimeRollup> rollups) {
        CompletableFuture.allOf(
                        rollups.stream()
                                .map(rollup -> CompletableFuture.runAsync(rollup::catchUp))
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    private static List<TestBeat> arrived(List<TestBeat> left, Instant now) {
        return left.stream().filter(beat -> !beat.receivedAt().isAfter(now)).toList();
    }

    private static boolean isLate(TestBeat beat) {
        return Duration.between(beat.timestamp(), beat.receivedAt()).toMillis() > 150_000;
    }

    /** Sorted by arrival. */
    private static List<TestBeat> beats(List<Integer> servers, Random random) {
        List<TestBeat> beats = new ArrayList<>();
        for (int server : servers) {
            Instant end = BEGIN.plus(SPAN);
            Instant at = BEGIN.plusMillis(250L * random.nextInt(10_000));
            Instant offlineUntil = Instant.MIN;
            while (at.isBefore(end)) {
                if (random.nextInt(60) == 0) {
                    offlineUntil = at.plusSeconds(random.nextInt(9_000));
                }
                Instant received = at.plusMillis(random.nextInt(3_000));
                if (received.isBefore(offlineUntil)) {
                    received = offlineUntil.plusMillis(random.nextInt(30_000));
                }
                beats.add(
                        new TestBeat(
                                server,
                                at,
                                received,
                                random.nextInt(10) == 0 ? TestBeat.DOWN : TestBeat.HEALTHY,
                                random.nextInt(3) == 0 ? random.nextInt(3) : null));
                at = at.plusMillis(gapMillis(random));
            }
        }
        beats.sort(Comparator.comparing(TestBeat::receivedAt));
        return beats;
    }

    /** In quarters of a second. */
    private static long gapMillis(Random random) {
        return 250L
                * switch (random.nextInt(12)) {
                    case 0 -> 1 + random.nextInt(800);
                    case 1 -> 599 + random.nextInt(3);
                    case 2 -> 239 + random.nextInt(3);
                    case 3 -> random.nextInt(8) == 0 ? 600 + random.nextInt(36_000) : 240;
                    default -> 236 + random.nextInt(8);
                };
    }

    private static List<BruteForceUptime.Window> windows(Random random) {
        TreeSet<Integer> edges = new TreeSet<>();
        while (edges.size() < 8) {
            edges.add(random.nextInt(Math.toIntExact(SPAN.toSeconds())));
        }
        List<BruteForceUptime.Window> windows = new ArrayList<>();
        List<Integer> sorted = List.copyOf(edges);
        for (int i = 0; i < sorted.size(); i += 2) {
            windows.add(
                    new BruteForceUptime.Window(
                            BEGIN.plusSeconds(sorted.get(i)),
                            BEGIN.plusSeconds(sorted.get(i + 1))));
        }
        return windows;
    }
}
