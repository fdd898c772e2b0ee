package dev.wolverine.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.HeartbeatDigest;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import java.util.UUID;

/** Whatever bytes come: a beat that can be stored, or a refusal; never another exception. */
class DecodersFuzzTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_795_000_000_000L);

    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();

    @FuzzTest(maxDuration = "5s")
    void jsonIsReadOrRefused(byte[] body) {
        try {
            check(json.decode(body), json.decode(body));
        } catch (UndecodableBeat refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "5s")
    void protobufIsReadOrRefused(byte[] body) {
        try {
            var message = dev.wolverine.proto.v1.Heartbeat.parseFrom(body);
            check(proto.decode(message), proto.decode(message));
        } catch (InvalidProtocolBufferException | UndecodableBeat refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    /** Bounds that the tables have, and the same beat from the same bytes. */
    private static void check(HeartbeatDraft draft, HeartbeatDraft again) {
        Identity identity = new Identity(new UUID(0, 1), "wlv_0123456789ab");
        Heartbeat beat = draft.build(identity, NOW, NOW, 0);
        assertThat(HeartbeatDigest.of(again.build(identity, NOW, NOW, 0)))
                .isEqualTo(HeartbeatDigest.of(beat));
        assertThat(beat.memoryMb()).isGreaterThanOrEqualTo(Heartbeat.ABSENT);
        assertThat(beat.cpuCentiPercent()).isGreaterThanOrEqualTo(Heartbeat.ABSENT);
        assertThat(beat.uptimeSeconds()).isGreaterThanOrEqualTo(Heartbeat.ABSENT);
        assertThat(SnapshotCodec.decode(beat.snapshot()).name()).isNotEqualTo("\0");
    }
}
