package dev.wolverine.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.bench.capture.HeartbeatMapping;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BeatsTest {
    private static final long START = 1_795_000_000_000L;
    private static final long NOW = START + 3_600_000;

    private final Beats json = new Beats(BodyFormat.JSON, 10, 0, START);
    private final Beats messages = new Beats(BodyFormat.PROTOBUF, 10, 0, START);

    @Test
    void areOfTheSizeThatClientsSend() throws IOException {
        byte[] body = json.beat(0, json.id(0), 0, NOW);
        JsonNode usage = new ObjectMapper().readTree(body).get("usage");
        assertThat(body.length).isBetween(6500, 7500).isEqualTo(json.length());
        assertThat(usage.get("byModel")).hasSize(5);
        assertThat(usage.get("byCategory")).hasSize(9);
        assertThat(usage.get("byTool")).hasSize(10);
    }

    @Test
    void areTheSameOverEitherTransport() throws IOException {
        for (int instance : new int[] {0, 1, 44, 999_999}) {
            byte[] id = json.id(instance);
            Heartbeat sent =
                    StreamHeartbeatsRequest.parseFrom(messages.beat(instance, id, 17, NOW))
                            .getHeartbeats(0);
            assertThat(sent)
                    .isEqualTo(new HeartbeatMapping().map(json.beat(instance, id, 17, NOW)));
            assertThat(sent.getTimestamp()).isEqualTo(NOW);
            assertThat(sent.getInstanceId()).isEqualTo(new String(id, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void changeAsOftenAsSaid() throws IOException {
        for (int instance = 0; instance < 10; instance++) {
            Set<Long> calls = new HashSet<>();
            for (int number = 0; number < 100; number++) {
                calls.add(
                        StreamHeartbeatsRequest.parseFrom(
                                        messages.beat(instance, messages.id(instance), number, NOW))
                                .getHeartbeats(0)
                                .getUsage()
                                .getTotalCalls());
            }
            assertThat(calls).hasSizeBetween(10, 11);
        }
    }

    @Test
    void ofManyInstancesHaveManyIds() {
        Set<String> ids = new HashSet<>();
        for (int instance = 0; instance < 100_000; instance++) {
            ids.add(new String(json.id(instance), StandardCharsets.US_ASCII));
        }
        assertThat(ids).hasSize(100_000);
    }
}
