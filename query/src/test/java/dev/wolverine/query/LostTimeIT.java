package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectBlindWindows;
import dev.wolverine.db.reader.SelectLostTime;
import dev.wolverine.db.reader.SelectRecentUptime;
import dev.wolverine.db.reader.SelectUptime;
import dev.wolverine.query.analytics.FleetUptime;
import dev.wolverine.query.analytics.Period;
import dev.wolverine.query.analytics.SlaQuery;
import dev.wolverine.query.analytics.SlaReport;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each second that is lost is listed, and the list adds up to what uptime says. */
@NullUnmarked
class LostTimeIT {

    private static final Instant EIGHT = Instant.parse("2026-11-20T08:00:00Z");
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final UptimeDatabase database = new UptimeDatabase();
    private final SettableClock clock = new SettableClock(NOON);
    private final Vertx vertx = Vertx.vertx();
    private final ReaderPool readers = new ReaderPool(vertx, database.config());
    private final SelectUptime uptime = new SelectUptime(readers);
    private final SlaQuery sla =
            new SlaQuery(
                    new FleetUptime(uptime, clock),
                    new SelectRecentUptime(readers),
                    new SelectBlindWindows(readers),
                    new SelectLostTime(readers),
                    clock);

    @AfterEach
    void close() {
        readers.close();
        vertx.close().await();
        database.close();
    }

    @Test
    void theListAddsUpToWhatUptimeSays() {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int server = database.server(EIGHT.minus(Duration.ofDays(1)));
            List<TestBeat> beats = new ArrayList<>();
            beats.add(TestBeat.healthy(server, EIGHT.minusSeconds(86_000), EIGHT));
            for (Instant at = EIGHT.plusSeconds(random.nextInt(300));
                    at.isBefore(NOON);
                    at = at.plusSeconds(step(random))) {
                Instant received = at.plusSeconds(random.nextInt(20) == 0 ? 400 : 1);
                int status = random.nextInt(10) == 0 ? TestBeat.DOWN : TestBeat.HEALTHY;
                beats.add(new TestBeat(server, at, received, status, null));
            }
            database.commit(beats);
            String instance = database.ask("SELECT instance_id FROM servers WHERE id = " + server);
            Uptime told =
                    uptime.ofServer(database.organisation(), instance, EIGHT, NOON, NOON)
                            .toCompletableFuture()
                            .join()
                            .orElseThrow();
            Period period = Period.between(EIGHT, NOON, ZoneOffset.UTC);
            List<SelectLostTime.Lost> lost =
                    sla.lost(database.organisation(), instance, period, 1_000)
                            .toCompletableFuture()
                            .join()
                            .orElseThrow();
            assertThat(millis(lost, "silent"))
                    .as("silent, seed " + seed)
                    .isEqualTo(told.measuredMs() - told.aliveMs());
            assertThat(millis(lost, "not_serving"))
                    .as("not serving, seed " + seed)
                    .isEqualTo(told.aliveMs() - told.servingMs());
            assertThat(millis(lost, "late")).as("late").isLessThanOrEqualTo(told.lateMs());
        }
    }

    @Test
    void aBudgetThatIsUsedUpTooQuicklyBurns() {
        int server = database.server(EIGHT);
        List<TestBeat> beats = new ArrayList<>();
        for (int minute = 0; minute < 230; minute++) {
            Instant at = EIGHT.plusSeconds(60L * minute);
            beats.add(TestBeat.healthy(server, at, at.plusSeconds(1)));
        }
        database.commit(beats);
        SlaReport report =
                sla.read(
                                database.organisation(),
                                new SlaQuery.Question(
                                        Period.between(EIGHT, NOON, ZoneOffset.UTC),
                                        "wlv_0",
                                        0.999,
                                        false,
                                        10))
                        .toCompletableFuture()
                        .join()
                        .orElseThrow();
        assertThat(report.lostMs()).isEqualTo(600_000);
        assertThat(report.budgetMs()).isEqualTo(14_400);
        SlaReport.Burn hour = report.burns().getFirst();
        assertThat(hour.longRate()).hasValue(600 / 3_600.0 / (1 - 0.999));
        assertThat(hour.shortRate()).hasValue(1 / (1 - 0.999));
        assertThat(hour.isBurning()).isTrue();
    }

    @Test
    void ofAServerThatTheOrganisationDoesNotHaveNothingIsTold() {
        Period period = Period.between(EIGHT, NOON, ZoneOffset.UTC);
        assertThat(
                        sla.lost(database.organisation(), "wlv_none", period, 10)
                                .toCompletableFuture()
                                .join())
                .isEmpty();
        assertThat(
                        sla.read(
                                        database.organisation(),
                                        new SlaQuery.Question(period, "wlv_none", 0.999, false, 10))
                                .toCompletableFuture()
                                .join())
                .isEmpty();
    }

    private static int step(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> 1 + random.nextInt(1_200);
            case 1 -> 149 + random.nextInt(3);
            default -> 59 + random.nextInt(3);
        };
    }

    private static long millis(List<SelectLostTime.Lost> lost, String kind) {
        return lost.stream()
                .filter(one -> one.kind().equals(kind))
                .mapToLong(one -> Duration.between(one.began(), one.ended()).toMillis())
                .sum();
    }
}
