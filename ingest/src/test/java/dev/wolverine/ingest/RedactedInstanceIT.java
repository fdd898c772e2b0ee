package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Beats whose id their own client's redactor took for a secret. */
@NullUnmarked
class RedactedInstanceIT {

    private static final IntakeResult MISSING =
            new IntakeResult.Quarantined(QuarantineReason.MISSING_INSTANCE_ID);
    private static final IntakeResult STORED = new IntakeResult.Stored(false);

    private final long now = System.currentTimeMillis();
    private final Fixtures fixtures = new Fixtures();

    @AfterEach
    void close() {
        fixtures.close();
    }

    @Test
    void anOfflineQueueFindsTheInstanceOfItsLiveBeat() {
        assertThat(live("wlv_a", 0, "shop", 3000)).isEqualTo(STORED);
        for (int minute = 1; minute <= 5; minute++) {
            assertThat(redacted(minute, "shop", 3000)).isEqualTo(STORED);
        }
        assertThat(
                        fixtures.rows(
                                "SELECT instance_id, count(*), min(flags) AS flags FROM heartbeats h"
                                        + " JOIN servers s ON s.id = h.server_id GROUP BY instance_id"))
                .containsExactly(Map.of("instance_id", "wlv_a", "count", 6L, "flags", 8));
    }

    @Test
    void anotherPortOrNameOrOrganisationIsAnotherInstance() {
        live("wlv_a", 0, "shop", 3000);
        assertThat(redacted(1, "shop", 3001)).isEqualTo(MISSING);
        assertThat(redacted(2, "shops", 3000)).isEqualTo(MISSING);
        Principal stranger =
                new Principal(fixtures.insertOrganisation("other"), Role.INGEST, "key:y", null);
        assertThat(send(stranger, null, body("process.env.X", 3, "shop", 3000))).isEqualTo(MISSING);
        assertThat(fixtures.rows("SELECT detail FROM heartbeat_quarantine"))
                .hasSize(3)
                .allSatisfy(row ->
                        assertThat((String) row.get("detail"))
                                .contains("no instance is known by its name and port"));
    }

    @Test
    void ofTwoInstancesThatCallThemselvesTheSameNeitherIsTaken() {
        live("wlv_a", 0, "shop", 3000);
        assertThat(redacted(1, "shop", 3000)).isEqualTo(STORED);
        live("wlv_b", 0, "shop", 3000);
        fixtures.nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(redacted(2, "shop", 3000)).isEqualTo(MISSING);
        assertThat(
                        (String)
                                fixtures.rows("SELECT detail FROM heartbeat_quarantine")
                                        .getFirst()
                                        .get("detail"))
                .contains("several instances have its name and port");
    }

    @Test
    void anInstanceThatBeatsForTheFirstTimeIsFoundSecondsLater() {
        assertThat(redacted(1, "shop", 3000)).isEqualTo(MISSING);
        live("wlv_a", 0, "shop", 3000);
        fixtures.nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(redacted(2, "shop", 3000)).isEqualTo(STORED);
    }

    @Test
    void withoutANameThereIsNothingToMatch() {
        byte[] nameless =
                ("{\"instanceId\":\"process.env.WOLVERINE_INSTANCE_ID\",\"timestamp\":" + now + "}")
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(fixtures.send(nameless)).isEqualTo(MISSING);
        assertThat(
                        (String)
                                fixtures.rows("SELECT detail FROM heartbeat_quarantine")
                                        .getFirst()
                                        .get("detail"))
                .contains("there is no name to match it by");
    }

    @Test
    void anInstanceWithoutAPortIsMatchedByThatToo() {
        live("wlv_a", 0, "shop", null);
        assertThat(redacted(1, "shop", 3000)).isEqualTo(MISSING);
        assertThat(redacted(2, "shop", null)).isEqualTo(STORED);
    }

    @Test
    void aKeyOfOneInstanceNeedsNoMatch() {
        Principal bound = new Principal(fixtures.organisation, Role.INGEST, "key:x", "wlv_key");
        assertThat(send(bound, null, body("process.env.X", 0, "shop", 3000))).isEqualTo(STORED);
        assertThat(fixtures.rows("SELECT instance_id FROM servers"))
                .containsExactly(Map.of("instance_id", "wlv_key"));
    }

    private IntakeResult live(String id, int minutesAgo, String name, Integer port) {
        return send(fixtures.principal, id, body("process.env.X", minutesAgo, name, port));
    }

    private IntakeResult redacted(int minutesAgo, String name, Integer port) {
        return fixtures.send(body("process.env.WOLVERINE_INSTANCE_ID", minutesAgo, name, port));
    }

    private IntakeResult send(Principal principal, String header, byte[] body) {
        return Fixtures.await(fixtures.intake.acceptJson(principal, header, body, Instant.now()));
    }

    private byte[] body(String id, int minutesAgo, String name, Integer port) {
        return ("{\"instanceId\":\"%s\",\"timestamp\":%d,\"server\":{\"name\":\"%s\"%s}}")
                .formatted(
                        id,
                        now - minutesAgo * 60_000L,
                        name,
                        port == null ? "" : ",\"port\":" + port)
                .getBytes(StandardCharsets.UTF_8);
    }
}
