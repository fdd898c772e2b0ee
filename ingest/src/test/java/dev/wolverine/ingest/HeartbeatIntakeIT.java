package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.DeleteQuarantine;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is accepted, what is kept aside, and what the rows say afterwards. */
@NullUnmarked
class HeartbeatIntakeIT {

    private static final String ROWS =
            """
            SELECT s.instance_id, h.ts, h.pid, h.uptime_s, h.memory_mb, h.peak_memory_mb, h.cpu_centi_percent,
                   h.routes_healthy, h.routes_unhealthy, h.slowest_us, h.status, p.hash
            FROM heartbeats h JOIN servers s ON s.id = h.server_id
            JOIN snapshots p ON p.server_id = h.server_id AND p.hash = h.snapshot_hash
                AND p.day = (h.ts AT TIME ZONE 'UTC')::date
            ORDER BY s.instance_id, h.ts
            """;

    private final long now = System.currentTimeMillis();
    private final Fixtures fixtures = new Fixtures();

    @AfterEach
    void close() {
        fixtures.close();
    }

    @Test
    void storesABeatOnceHoweverOftenItComes() {
        byte[] beat = Heartbeats.json("wlv_a", now, 100);
        assertThat(fixtures.send(beat)).isEqualTo(new IntakeResult.Stored(false));
        assertThat(fixtures.send(beat)).isEqualTo(new IntakeResult.Stored(true));
        assertThat(fixtures.rows(ROWS)).hasSize(1);
        assertThat(fixtures.rows("SELECT * FROM heartbeat_quarantine")).isEmpty();
    }

    @Test
    void aDuplicateCostsNothingOfTheRate() {
        IngestConfig shipped = IngestConfig.defaults();
        IngestConfig slow =
                new IngestConfig(
                        1,
                        1_000,
                        shipped.batch(),
                        shipped.queue(),
                        shipped.stream(),
                        shipped.templates(),
                        shipped.clock(),
                        new IngestConfig.Rate(1, 3, 1, 3),
                        shipped.drain(),
                        shipped.memoryGate());
        try (Fixtures limited = new Fixtures(slow)) {
            byte[] beat = Heartbeats.json("wlv_a", now, 100);
            limited.send(beat);
            for (int i = 0; i < 10; i++) {
                assertThat(limited.send(beat)).isEqualTo(new IntakeResult.Stored(true));
            }
            limited.send(Heartbeats.json("wlv_a", now + 1, 100));
            limited.send(Heartbeats.json("wlv_a", now + 2, 100));
            assertThat(limited.send(Heartbeats.json("wlv_a", now + 3, 100)))
                    .isEqualTo(
                            new IntakeResult.Refused(
                                    IntakeResult.Cause.RATE_LIMITED, Duration.ofSeconds(1)));
        }
    }

    @Test
    void ofTwoBeatsAtOneTimeTheSameWinsInWhateverOrderTheyCome() {
        byte[] one = Heartbeats.json("wlv_a", now, 100);
        byte[] other = Heartbeats.json("wlv_a", now, 101);
        fixtures.send(one);
        fixtures.send(other);
        fixtures.send(one);
        List<Map<String, @Nullable Object>> first = fixtures.rows(ROWS);
        try (Fixtures reversed = new Fixtures()) {
            reversed.send(other);
            reversed.send(one);
            reversed.send(other);
            assertThat(reversed.rows(ROWS)).isEqualTo(first);
            assertThat(reversed.rows("SELECT reason FROM heartbeat_quarantine"))
                    .containsExactly(Map.of("reason", "conflict"));
        }
        assertThat(first).hasSize(1);
        assertThat(fixtures.rows("SELECT reason FROM heartbeat_quarantine"))
                .containsExactly(Map.of("reason", "conflict"));
    }

    @Test
    void theOrderOfBeatsDoesNotMatter() {
        List<byte[]> beats = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            beats.add(Heartbeats.json("wlv_" + i % 7, now - 60_000L * i, 100 + i % 13));
            beats.add(Heartbeats.json("wlv_" + i % 7, now - 60_000L * (i / 2), 100 + i % 5));
        }
        List<Map<String, @Nullable Object>> expected = all(fixtures, beats);
        for (long seed = 1; seed <= 3; seed++) {
            Collections.shuffle(beats, new Random(seed));
            try (Fixtures shuffled = new Fixtures()) {
                assertThat(all(shuffled, beats)).as("seed %d", seed).isEqualTo(expected);
            }
        }
    }

    private static List<Map<String, @Nullable Object>> all(Fixtures fixtures, List<byte[]> beats) {
        List<CompletionStage<IntakeResult>> results = new ArrayList<>();
        for (byte[] beat : beats) {
            results.add(fixtures.intake.acceptJson(fixtures.principal, null, beat, Instant.now()));
        }
        results.forEach(result ->
                assertThat(Fixtures.await(result)).isInstanceOf(IntakeResult.Stored.class));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>(fixtures.rows(ROWS));
        rows.addAll(
                fixtures.rows(
                        "SELECT s.instance_id, t.ts, t.memory_mb, t.cost_micros FROM current_states t"
                                + " JOIN servers s ON s.id = t.server_id ORDER BY s.instance_id"));
        return rows;
    }

    @Test
    void jsonAndProtobufOfTheSameBeatGiveTheSameRow() {
        for (String file : CapturedRequests.FILES) {
            for (JsonNode body : CapturedRequests.heartbeats(file)) {
                fixtures.send(CapturedRequests.bytes(body));
            }
        }
        try (Fixtures other = new Fixtures()) {
            for (String file : CapturedRequests.FILES) {
                for (JsonNode body : CapturedRequests.heartbeats(file)) {
                    Fixtures.await(other.acceptProto(Heartbeats.proto(body).toByteArray()));
                }
            }
            assertThat(other.rows(ROWS)).hasSizeGreaterThan(200).isEqualTo(fixtures.rows(ROWS));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"timestamp\":1795253446160}                                   | MISSING_INSTANCE_ID",
                "{\"instanceId\":7,\"timestamp\":1795253446160}                  | MISSING_INSTANCE_ID",
                "{\"instanceId\":\"process.env.WOLVERINE_INSTANCE_ID\",\"timestamp\":1795253446160} | MISSING_INSTANCE_ID",
                "{\"instanceId\":\"a b\",\"timestamp\":1795253446160}            | INVALID_INSTANCE_ID",
                "{\"instanceId\":\"wlv_a\"}                                      | MISSING_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":null}                   | MISSING_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":\"2026-11-21\"}         | INVALID_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":1795253446}             | INVALID_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":-5}                     | INVALID_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":1e400}                  | INVALID_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":8640000000000000}       | FUTURE_TIMESTAMP",
                "{\"instanceId\":\"wlv_a\",\"timestamp\":700000000000}           | TOO_OLD",
                "[]                                                              | NOT_AN_OBJECT"
            })
    void keepsWhatCannotBeStoredWithItsReason(String body, QuarantineReason reason) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        assertThat(fixtures.send(bytes)).isEqualTo(new IntakeResult.Quarantined(reason));
        assertThat(fixtures.send(bytes)).isEqualTo(new IntakeResult.Quarantined(reason));
        List<Map<String, @Nullable Object>> rows =
                fixtures.rows("SELECT reason, body, org_id FROM heartbeat_quarantine");
        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst())
                .containsEntry("reason", reason.label())
                .containsEntry("body", bytes)
                .containsEntry("org_id", fixtures.organisation);
        assertThat(fixtures.rows(ROWS)).isEmpty();
    }

    @Test
    void aFullQuarantineIsSaidAndFillsNoFurther() {
        fixtures.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail, content_type,"
                        + " body_hash, body) SELECT '"
                        + fixtures.organisation
                        + "', 'wlv_a', now(), 'too_old', '', 'application/json', decode(md5(n::text), 'hex'), 'x'"
                        + " FROM generate_series(1, 9999) n");
        byte[] last = "{\"instanceId\":\"wlv_a\"}".getBytes(StandardCharsets.UTF_8);
        byte[] beyond = "{\"instanceId\":\"wlv_a\",\"x\":1}".getBytes(StandardCharsets.UTF_8);
        assertThat(fixtures.send(last))
                .isEqualTo(new IntakeResult.Quarantined(QuarantineReason.MISSING_TIMESTAMP));
        assertThat(fixtures.send(beyond))
                .isEqualTo(new IntakeResult.Quarantined(QuarantineReason.QUARANTINE_FULL));
        assertThat(fixtures.rows("SELECT count(*) FROM heartbeat_quarantine"))
                .containsExactly(Map.of("count", 10_000L));
        assertThat(fixtures.send(Heartbeats.json("wlv_a", now, 100)))
                .as("beats go on")
                .isEqualTo(new IntakeResult.Stored(false));
    }

    @Test
    void theLoserOfAConflictThatAFullQuarantineDropsIsCounted() {
        fixtures.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail, content_type,"
                        + " body_hash, body) SELECT '"
                        + fixtures.organisation
                        + "', 'wlv_a', now(), 'too_old', '', 'application/json', decode(md5(n::text), 'hex'), 'x'"
                        + " FROM generate_series(1, 10000) n");
        fixtures.send(Heartbeats.json("wlv_a", now, 100));
        fixtures.send("{\"instanceId\":\"wlv_a\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(fixtures.meters.get("wolverine.writer.conflicts.dropped").counter().count())
                .isZero();
        assertThat(fixtures.send(Heartbeats.json("wlv_a", now, 101)))
                .isEqualTo(new IntakeResult.Stored(false));
        assertThat(fixtures.meters.get("wolverine.writer.conflicts.dropped").counter().count())
                .isOne();
    }

    @Test
    void aHeapThatIsNearlyFullRefusesOnBothProtocols() {
        fixtures.heap.set(new HeapReading(99, 99, 100));
        fixtures.nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(fixtures.send(Heartbeats.json("wlv_a", now, 100)))
                .isInstanceOf(IntakeResult.Refused.class);
        assertThat(Fixtures.await(fixtures.acceptProto(new byte[0])))
                .isInstanceOf(IntakeResult.Refused.class);
        assertThat(fixtures.rows("SELECT id FROM servers")).isEmpty();
    }

    @Test
    void quarantineOfAnyOrganisationEndsWithItsTime() {
        fixtures.send("{\"instanceId\":\"wlv_a\"}".getBytes(StandardCharsets.UTF_8));
        DeleteQuarantine quarantine = new DeleteQuarantine(fixtures.database.writer());
        assertThat(quarantine.before(Instant.now().minus(Duration.ofDays(1)))).isZero();
        assertThat(quarantine.before(Instant.now().plusSeconds(1))).isOne();
        assertThat(fixtures.rows("SELECT id FROM heartbeat_quarantine")).isEmpty();
    }

    @Test
    void oneBadBeatHarmsNoneOfItsNeighbours() {
        List<CompletionStage<IntakeResult>> results = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] body =
                    i == 250
                            ? "{\"instanceId\":\"wlv_a\"}".getBytes(StandardCharsets.UTF_8)
                            : Heartbeats.json("wlv_a", now - i, 100);
            results.add(fixtures.intake.acceptJson(fixtures.principal, null, body, Instant.now()));
        }
        assertThat(
                        results.stream()
                                .map(Fixtures::await)
                                .filter(IntakeResult.Stored.class::isInstance))
                .hasSize(499);
    }

    @Test
    void aBeatFromAClockThatIsAheadIsStoredAndFlagged() {
        fixtures.send(Heartbeats.json("wlv_a", now + Duration.ofHours(1).toMillis(), 100));
        assertThat(fixtures.rows("SELECT flags FROM heartbeats"))
                .containsExactly(Map.of("flags", 1));
    }

    @Test
    void theKeysInstanceCountsMoreThanTheHeaderAndThatMoreThanTheBody() {
        byte[] body = Heartbeats.json("wlv_body", now, 100);
        Principal bound = new Principal(fixtures.organisation, Role.INGEST, "key:x", "wlv_key");
        Fixtures.await(fixtures.intake.acceptJson(bound, "wlv_header", body, Instant.now()));
        Fixtures.await(
                fixtures.intake.acceptJson(fixtures.principal, "wlv_header", body, Instant.now()));
        Fixtures.await(fixtures.intake.acceptJson(fixtures.principal, null, body, Instant.now()));
        assertThat(
                        fixtures.rows(
                                "SELECT instance_id, flags FROM heartbeats h JOIN servers s ON s.id = h.server_id"
                                        + " ORDER BY instance_id"))
                .containsExactly(
                        Map.of("instance_id", "wlv_body", "flags", 0),
                        Map.of("instance_id", "wlv_header", "flags", 8),
                        Map.of("instance_id", "wlv_key", "flags", 8));
    }

    @Test
    void aKeyThatReadsMayNotWrite() {
        Principal viewer = new Principal(fixtures.organisation, Role.VIEWER, "key:x", null);
        assertThat(
                        Fixtures.await(
                                fixtures.intake.acceptJson(
                                        viewer,
                                        null,
                                        Heartbeats.json("wlv_a", now, 1),
                                        Instant.now())))
                .isInstanceOf(IntakeResult.Forbidden.class);
    }

    @Test
    void instancesOfTwoOrganisationsShareNothingButTheName() {
        Principal stranger =
                new Principal(fixtures.insertOrganisation("other"), Role.INGEST, "key:y", null);
        fixtures.send(Heartbeats.json("wlv_a", now, 100));
        Fixtures.await(
                fixtures.intake.acceptJson(
                        stranger, null, Heartbeats.json("wlv_a", now, 200), Instant.now()));
        assertThat(fixtures.rows("SELECT org_id, memory_mb FROM current_states"))
                .containsExactlyInAnyOrder(
                        Map.of("org_id", fixtures.organisation, "memory_mb", 100),
                        Map.of("org_id", stranger.organisationId(), "memory_mb", 200));
    }

    @Test
    void theReaderSeesItsOwnOrganisationAlone() {
        fixtures.send(Heartbeats.json("wlv_a", now, 100));
        String read = "SET LOCAL ROLE wolverine_reader";
        assertThat(fixtures.readAs(null, read)).isZero();
        assertThat(fixtures.readAs(fixtures.insertOrganisation("other"), read)).isZero();
        assertThat(fixtures.readAs(fixtures.organisation, read)).isOne();
    }
}
