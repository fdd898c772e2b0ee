package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.UptimeStore;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectUptime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reader is told of uptime, from counted hours and from beats. */
@NullUnmarked
class UptimeReadingIT {

    private static final Instant EIGHT = Instant.parse("2026-11-20T08:00:00Z");
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    private final UptimeDatabase database = new UptimeDatabase();
    private final SettableClock clock = new SettableClock(EIGHT);
    private final Vertx vertx = Vertx.vertx();
    private final ReaderPool readers = new ReaderPool(vertx, database.config());
    private final SelectUptime select = new SelectUptime(readers);
    private final UptimeRollup rollup =
            new UptimeRollup(
                    new UptimeStore(database.database().writer()),
                    new SelectReopened(database.database().writer()),
                    Duration.ofHours(12),
                    clock,
                    new SimpleMeterRegistry());
    private int server;

    @BeforeEach
    void serverThatIsFirstSeenAfterTen() {
        server = database.server(at(125));
        rollup.catchUp();
    }

    @AfterEach
    void close() {
        readers.close();
        vertx.close().await();
        database.close();
    }

    @Test
    void timeBeforeTheFirstBeatCountsForNobody() {
        beats(150, 180);
        clock.advance(Duration.ofHours(4));
        rollup.catchUp();
        Uptime uptime = uptime(EIGHT, at(180));
        assertThat(uptime).isEqualTo(new Uptime(30 * MINUTE, 30 * MINUTE, 0, 30 * MINUTE, 0, 30));
        assertThat(uptime.reachable()).hasValue(1);
        assertThat(uptime.completeness()).hasValue(1);
    }

    @Test
    void silenceAfterTheFirstBeatCounts() {
        beats(130, 150);
        clock.advance(Duration.ofHours(5));
        rollup.catchUp();
        assertThat(uptime(EIGHT, at(240)))
                .isEqualTo(new Uptime(110 * MINUTE, 20 * MINUTE, 0, 20 * MINUTE, 0, 20));
        assertThat(uptime(at(180), at(240)).reachable()).hasValue(0);
    }

    @Test
    void theHourThatIsNotOverIsToldFromItsBeats() {
        beats(120, 200);
        clock.advance(Duration.ofMinutes(201));
        rollup.catchUp();
        assertThat(database.rows(server)).as("ten is counted, eleven is not").hasSize(1);
        assertThat(uptime(at(180), at(240)))
                .as("the last beat, 119 s old, may still have a successor")
                .isEqualTo(new Uptime(21 * MINUTE, 21 * MINUTE, 0, 21 * MINUTE, 0, 20));
        clock.advance(Duration.ofMinutes(2));
        assertThat(uptime(at(180), at(240)).aliveMs()).isEqualTo(20 * MINUTE);
        assertThat(uptime(EIGHT, at(240)).measuredMs()).isEqualTo(83 * MINUTE);
    }

    @Test
    void hoursThatTheJobDidNotCountYetAreToldFromTheirBeats() {
        beats(120, 300);
        clock.advance(Duration.ofMinutes(400));
        assertThat(database.rows(server)).isEmpty();
        Uptime before = uptime(EIGHT, at(360));
        rollup.catchUp();
        assertThat(database.rows(server)).hasSize(3);
        assertThat(uptime(EIGHT, at(360))).isEqualTo(before);
        assertThat(before.aliveMs()).isEqualTo(3 * HOUR);
    }

    @Test
    void ourOwnOutageCountsAgainstNobodyAndReplayFillsIt() {
        beats(120, 130);
        beats(160, 180);
        database.window(new BruteForceUptime.Window(at(130), at(160)));
        clock.advance(Duration.ofHours(4));
        rollup.catchUp();
        assertThat(uptime(at(120), at(180)))
                .isEqualTo(new Uptime(30 * MINUTE, 30 * MINUTE, 0, 30 * MINUTE, 30 * MINUTE, 30));

        List<TestBeat> replayed = new ArrayList<>();
        for (int minute = 130; minute < 160; minute++) {
            replayed.add(TestBeat.healthy(server, at(minute), at(230)));
        }
        database.commit(replayed);
        rollup.catchUp();
        assertThat(uptime(at(120), at(180)))
                .isEqualTo(new Uptime(HOUR, HOUR, 30 * MINUTE, HOUR, 0, 60));
    }

    @Test
    void anOutageThatIsKnownOnlyAfterTheHourWasCountedIsTakenOut() {
        beats(120, 150);
        clock.advance(Duration.ofHours(4));
        rollup.catchUp();
        assertThat(uptime(at(120), at(180)).reachable()).hasValue(0.5);
        database.window(new BruteForceUptime.Window(at(140), at(180)));
        rollup.catchUp();
        assertThat(uptime(at(120), at(180)))
                .isEqualTo(new Uptime(30 * MINUTE, 30 * MINUTE, 0, 30 * MINUTE, 30 * MINUTE, 30));
    }

    @Test
    void anotherOrganisationSeesNothing() {
        beats(120, 180);
        UUID other = UUID.randomUUID();
        assertThat(
                        select.ofServer(other, "wlv_0", EIGHT, at(240), at(240))
                                .toCompletableFuture()
                                .join())
                .isEmpty();
        assertThat(
                        select.ofOrganisation(other, EIGHT, at(240), at(240))
                                .toCompletableFuture()
                                .join())
                .isEmpty();
        assertThat(
                        select.ofOrganisation(database.organisation(), EIGHT, at(240), at(240))
                                .toCompletableFuture()
                                .join())
                .extracting(ServerUptime::instanceId)
                .containsExactly("wlv_0");
    }

    private static Instant at(int minute) {
        return EIGHT.plusSeconds(60L * minute);
    }

    private void beats(int fromMinute, int toMinute) {
        List<TestBeat> beats = new ArrayList<>();
        for (int minute = fromMinute; minute < toMinute; minute++) {
            beats.add(TestBeat.healthy(server, at(minute), at(minute).plusSeconds(1)));
        }
        database.commit(beats);
    }

    private Uptime uptime(Instant from, Instant to) {
        Optional<Uptime> uptime =
                select.ofServer(database.organisation(), "wlv_0", from, to, clock.instant())
                        .toCompletableFuture()
                        .join();
        return uptime.orElseThrow();
    }
}
