package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantineRow;
import dev.wolverine.db.model.QuarantinedBody;
import dev.wolverine.proto.v1.Heartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies from quarantine, sent once more. */
@NullUnmarked
class HeartbeatReplayIT {

    private final long now = System.currentTimeMillis();
    private final Fixtures fixtures = new Fixtures();
    private final HeartbeatReplay replay =
            new HeartbeatReplay(
                    fixtures.writer,
                    fixtures.names,
                    IngestConfig.defaults().clock(),
                    Fixtures.RETENTION);

    @AfterEach
    void close() {
        fixtures.close();
    }

    @Test
    void aProtobufThatNamesNoInstanceIsStoredForTheOneThatIsGiven() {
        byte[] body = Heartbeat.newBuilder().setTimestamp(now).build().toByteArray();
        assertThat(replay("application/x-protobuf", body, null))
                .isInstanceOfSatisfying(
                        ReplayResult.Unacceptable.class,
                        kept ->
                                assertThat(kept.reason())
                                        .isEqualTo(QuarantineReason.MISSING_INSTANCE_ID));
        assertThat(replay("application/x-protobuf", body, "wlv_a"))
                .isEqualTo(new ReplayResult.Stored(false));
        assertThat(replay("application/x-protobuf", body, "wlv_a"))
                .isEqualTo(new ReplayResult.Stored(true));
    }

    @Test
    void whatIsStillWrongIsSaidAndNotKeptAsideASecondTime() {
        assertThat(replay("application/json", bytes("{\"instanceId\":\"wlv_a\"}"), null))
                .isEqualTo(
                        new ReplayResult.Unacceptable(
                                QuarantineReason.MISSING_TIMESTAMP,
                                "timestamp is missing (expected: milliseconds since 1970)"));
        assertThat(replay("application/json", bytes("[]"), "wlv_a"))
                .isInstanceOfSatisfying(
                        ReplayResult.Unacceptable.class,
                        kept ->
                                assertThat(kept.reason())
                                        .isEqualTo(QuarantineReason.NOT_AN_OBJECT));
        assertThat(fixtures.rows("SELECT id FROM heartbeat_quarantine")).isEmpty();
    }

    @Test
    void ofTwoBeatsAtOneTimeTheWinnerIsADuplicateTheNextTimeAndTheLoserNever() {
        byte[] one = Heartbeats.json("wlv_a", now, 100);
        byte[] other = Heartbeats.json("wlv_a", now, 101);
        fixtures.send(one);
        assertThat(replay("application/json", other, null))
                .isInstanceOf(ReplayResult.Unacceptable.class);
        boolean otherWon =
                fixtures.rows("SELECT memory_mb FROM heartbeats")
                        .equals(java.util.List.of(Map.of("memory_mb", 101)));
        assertThat(replay("application/json", otherWon ? other : one, null))
                .isEqualTo(new ReplayResult.Stored(true));
        assertThat(replay("application/json", otherWon ? one : other, null))
                .isInstanceOf(ReplayResult.Unacceptable.class);
    }

    @Test
    void aRedactedIdIsMatchedByNowIfItCanBe() {
        byte[] redacted =
                bytes(
                        "{\"instanceId\":\"process.env.X\",\"timestamp\":"
                                + now
                                + ",\"server\":{\"name\":\"shop\"}}");
        assertThat(replay("application/json", redacted, null))
                .isInstanceOf(ReplayResult.Unacceptable.class);
        fixtures.send(
                bytes(
                        "{\"instanceId\":\"wlv_a\",\"timestamp\":"
                                + (now - 1)
                                + ",\"server\":{\"name\":\"shop\"}}"));
        fixtures.nanoTime.addAndGet(2_000_000_000L);
        assertThat(replay("application/json", redacted, null))
                .isEqualTo(new ReplayResult.Stored(false));
    }

    private ReplayResult replay(String contentType, byte[] body, String instanceId) {
        QuarantineRow row =
                new QuarantineRow(
                        1,
                        "",
                        Instant.ofEpochMilli(now),
                        QuarantineReason.MISSING_INSTANCE_ID,
                        "",
                        contentType,
                        body.length);
        return Fixtures.await(
                replay.replay(fixtures.organisation, new QuarantinedBody(row, body), instanceId));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
