package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Role;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the existing Node server does wrong with heartbeats, each as a test that this one does not.
 */
@NullUnmarked
class ReferenceServerMistakesIT {

    private static final String STATE =
            """
            SELECT t.*, s.instance_id FROM current_states t JOIN servers s ON s.id = t.server_id WHERE s.instance_id = ?
            """;

    private static final String BEATS =
            """
            SELECT h.ts, h.received_at, h.memory_mb FROM heartbeats h JOIN servers s ON s.id = h.server_id
            WHERE s.instance_id = ? ORDER BY h.ts
            """;

    private static Fixtures fixtures;

    private final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() {
        fixtures = new Fixtures();
    }

    @AfterAll
    static void stop() {
        fixtures.close();
    }

    @Test
    void aReplayIsStoredAtItsOwnTimeAndNotAtThatOfItsArrival() {
        long sixHoursAgo = now - Duration.ofHours(6).toMillis();
        fixtures.send(Heartbeats.json("wlv_replay", now, 200));
        fixtures.send(Heartbeats.json("wlv_replay", sixHoursAgo, 100));

        List<Map<String, @Nullable Object>> beats = fixtures.rows(BEATS, "wlv_replay");
        assertThat(beats).extracting(beat -> beat.get("memory_mb")).containsExactly(100, 200);
        assertThat(beats.getFirst()).containsEntry("ts", new Timestamp(sixHoursAgo));
        assertThat((Timestamp) beats.getFirst().get("received_at"))
                .isCloseTo(Timestamp.from(Instant.now()), Duration.ofMinutes(1).toMillis());
        assertThat(state("wlv_replay"))
                .as("the newest stays the newest")
                .containsEntry("memory_mb", 200)
                .containsEntry("ts", new Timestamp(now));
    }

    @Test
    void aQueueDrainsHoweverFastItComes() {
        List<byte[]> queue = new ArrayList<>();
        for (int minute = 1_440; minute > 0; minute--) {
            queue.add(Heartbeats.json("wlv_drain", now - minute * 60_000L, 100));
        }
        queue.addFirst(Heartbeats.json("wlv_drain", now, 100));
        for (byte[] beat : queue) {
            assertThat(fixtures.send(beat)).isEqualTo(new IntakeResult.Stored(false));
        }
        assertThat(fixtures.rows(BEATS, "wlv_drain")).hasSize(1_441);
    }

    @Test
    void twoBeatsOfOneMillisecondDistanceAreTwo() {
        fixtures.send(Heartbeats.json("wlv_close", now, 100));
        assertThat(fixtures.send(Heartbeats.json("wlv_close", now + 1, 101)))
                .isEqualTo(new IntakeResult.Stored(false));
        assertThat(fixtures.rows(BEATS, "wlv_close")).hasSize(2);
    }

    @Test
    void aBeatThatComesEightTimesIsStoredOnce() {
        List<byte[]> beats = new ArrayList<>();
        for (int minute = 0; minute < 50; minute++) {
            for (int copy = 0; copy < 8; copy++) {
                beats.add(Heartbeats.json("wlv_copies", now - minute * 60_000L, 100 + minute));
            }
        }
        Collections.shuffle(beats, new Random(8));
        List<CompletionStage<IntakeResult>> results =
                beats.stream()
                        .map(beat ->
                                fixtures.intake.acceptJson(
                                        fixtures.principal, "wlv_copies", beat, Instant.now()))
                        .toList();

        assertThat(results.stream().map(Fixtures::await).toList())
                .allMatch(IntakeResult.Stored.class::isInstance)
                .filteredOn(result -> result.equals(new IntakeResult.Stored(false)))
                .hasSize(50);
        assertThat(fixtures.rows(BEATS, "wlv_copies")).hasSize(50);
    }

    @Test
    void callsAreTakenAsSentAndNeverInventedFromTokens() {
        fixtures.send(beat("wlv_calls_unknown", "\"usage\":{\"totalTokens\":45000}"));
        fixtures.send(
                beat("wlv_calls_known", "\"usage\":{\"totalTokens\":45000,\"totalCalls\":3}"));
        assertThat(state("wlv_calls_unknown"))
                .containsEntry("tokens", 45_000L)
                .containsEntry("calls", null);
        assertThat(state("wlv_calls_known"))
                .containsEntry("tokens", 45_000L)
                .containsEntry("calls", 3L);
    }

    @Test
    void aTokenSpikeIsStoredLikeAnyOtherBeat() {
        fixtures.send(beat("wlv_spike", now - 60_000, "\"usage\":{\"totalTokens\":1000}"));
        assertThat(fixtures.send(beat("wlv_spike", now, "\"usage\":{\"totalTokens\":900000000}")))
                .isEqualTo(new IntakeResult.Stored(false));
        assertThat(state("wlv_spike")).containsEntry("tokens", 900_000_000L);
    }

    @Test
    void aKeyOfOneInstanceWritesForNoOtherWhateverTheBodySays() {
        Principal bound = new Principal(fixtures.organisation, Role.INGEST, "key:x", "wlv_mine");
        assertThat(
                        Fixtures.await(
                                fixtures.intake.acceptJson(
                                        bound,
                                        "wlv_victim",
                                        Heartbeats.json("wlv_victim", now, 1),
                                        Instant.now())))
                .isEqualTo(new IntakeResult.Stored(false));
        assertThat(fixtures.rows(BEATS, "wlv_victim")).isEmpty();
        assertThat(fixtures.rows(BEATS, "wlv_mine")).hasSize(1);
    }

    @Test
    void aKeyOfAnotherOrganisationWritesToItsOwnInstanceOfThatName() {
        fixtures.send(Heartbeats.json("wlv_shared", now, 100));
        Principal stranger =
                new Principal(fixtures.insertOrganisation("strangers"), Role.INGEST, "k", null);
        Fixtures.await(
                fixtures.intake.acceptJson(
                        stranger,
                        null,
                        Heartbeats.json("wlv_shared", now + 1, 999),
                        Instant.now()));
        assertThat(fixtures.rows(STATE + " AND t.org_id = ?", "wlv_shared", fixtures.organisation))
                .extracting(row -> row.get("memory_mb"))
                .containsExactly(100);
    }

    @Test
    void aClientThatSaysItIsDownIsDown() {
        fixtures.send(beat("wlv_down", "\"server\":{\"status\":\"down\",\"uptime\":99}"));
        assertThat(((Number) state("wlv_down").get("status")).intValue())
                .isEqualTo(ReportedStatus.DOWN.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"total", "totalRoutes"})
    void routesAreReadByEitherName(String name) {
        fixtures.send(beat("wlv_" + name, "\"routes\":{\"" + name + "\":17,\"healthy\":16}"));
        assertThat(state("wlv_" + name))
                .containsEntry("routes_total", 17)
                .containsEntry("routes_healthy", 16);
    }

    @Test
    void tokensBeyondTwoBillionAndMoneyBeyondTenThousandDollarsAreExact() {
        fixtures.send(
                beat(
                        "wlv_big",
                        """
                        "usage":{"totalTokens":9007199254740991,"totalCalls":2147483648,"totalCost":123456789.654321,
                                 "totalCacheSavings":10000.000001,
                                 "byModel":{"m":{"input":4294967296,"cost":10000.01}}},
                        "repairs":{"total":3000000000,"totalCost":999999.999999}
                        """));
        assertThat(state("wlv_big"))
                .containsEntry("tokens", 9_007_199_254_740_991L)
                .containsEntry("calls", 2_147_483_648L)
                .containsEntry("cost_micros", 123_456_789_654_321L)
                .containsEntry("cache_savings_micros", 10_000_000_001L)
                .containsEntry("repairs_total", 3_000_000_000L)
                .containsEntry("repair_cost_micros", 999_999_999_999L)
                .containsEntry("flags", 0);
    }

    @Test
    void aServerThatWasSilentForAYearKeepsItsHistory() {
        long lastYear = now - Duration.ofDays(365).toMillis();
        fixtures.send(Heartbeats.json("wlv_silent", lastYear, 100));
        fixtures.send(Heartbeats.json("wlv_silent", now, 200));
        assertThat(fixtures.rows(BEATS, "wlv_silent"))
                .extracting(beat -> beat.get("ts"))
                .containsExactly(new Timestamp(lastYear), new Timestamp(now));
    }

    private Map<String, @Nullable Object> state(String instance) {
        List<Map<String, @Nullable Object>> states = fixtures.rows(STATE, instance);
        assertThat(states).hasSize(1);
        return states.getFirst();
    }

    private byte[] beat(String instance, String members) {
        return beat(instance, now, members);
    }

    private static byte[] beat(String instance, long timestamp, String members) {
        return ("{\"instanceId\":\""
                        + instance
                        + "\",\"timestamp\":"
                        + timestamp
                        + ","
                        + members
                        + "}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
