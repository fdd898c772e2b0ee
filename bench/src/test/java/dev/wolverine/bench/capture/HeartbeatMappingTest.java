package dev.wolverine.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import dev.wolverine.proto.v1.Heartbeat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatMappingTest {
    private final HeartbeatMapping mapping = new HeartbeatMapping();
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void bodiesAreCutOutByteForByte() throws IOException {
        List<CapturedRequest> requests = Captures.all();

        assertThat(requests).hasSize(291);
        assertThat(requests)
                .allSatisfy(request ->
                        assertThat(request.headers().get("content-length"))
                                .as(request.source())
                                .isEqualTo(String.valueOf(request.body().length)));
    }

    @Test
    void everyLeafOfEveryCapturedBodyBecomesOneLeafOfTheMessage() throws IOException {
        for (CapturedRequest request : Captures.heartbeats()) {
            Heartbeat beat = mapping.map(request.body());
            List<String> sent = new ArrayList<>();
            leaves(json.readTree(request.body()), sent);
            List<String> mapped = new ArrayList<>();
            leaves(beat, mapped);

            assertThat(mapped).as(request.source()).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(beat.getUnknownMap()).as(request.source()).isEmpty();
        }
    }

    @Test
    void theFlatPayloadBecomesTheSameMessage() throws IOException {
        Heartbeat beat =
                map(
                        """
                        {"id":"wlv_1","v":"1.0.0","t":5,"name":"n","up":6,"mem":43,"cpu":1,
                         "routes":{"totalRoutes":2,"healthy":1,"unhealthy":1,"slowest":null},
                         "repairs":{"total":1,"totalTokens":7,"avgTokensPerRepair":7},
                         "tokens":8,"cost":0.5,"calls":9,"brain":10,"backups":11}
                        """);

        assertThat(beat.getInstanceId()).isEqualTo("wlv_1");
        assertThat(beat.getVersion()).isEqualTo("1.0.0");
        assertThat(beat.getTimestamp()).isEqualTo(5);
        assertThat(beat.getServer().getName()).isEqualTo("n");
        assertThat(beat.getServer().getUptime()).isEqualTo(6);
        assertThat(beat.getServer().hasPid()).isFalse();
        assertThat(beat.getProcess().getMemoryMb()).isEqualTo(43);
        assertThat(beat.getProcess().getCpuPercent()).isEqualTo(1);
        assertThat(beat.getRoutes().getTotal()).isEqualTo(2);
        assertThat(beat.getRoutes().hasSlowest()).isFalse();
        assertThat(beat.getRepairs().getTotalTokens()).isEqualTo(7);
        assertThat(beat.getUsage().getTotalTokens()).isEqualTo(8);
        assertThat(beat.getUsage().getTotalCost()).isEqualTo(0.5);
        assertThat(beat.getUsage().getTotalCalls()).isEqualTo(9);
        assertThat(beat.getBrain().getTotalMemories()).isEqualTo(10);
        assertThat(beat.getBackups().getTotal()).isEqualTo(11);
        assertThat(beat.getUnknownMap()).isEmpty();
    }

    @Test
    void whatNoFieldIsMadeForIsKeptByItsPointer() throws IOException {
        Heartbeat beat =
                map(
                        """
                        {"instanceId":"wlv_1","timestamp":5,"region":"eu","server":{"gpu":{"a~/b":1}},
                         "usage":{"byModel":{"m/1":{"calls":1,"mood":"good"}},"totalCalls":"many"},
                         "routes":{"slowest":7},"alerts":[{"type":"x"}]}
                        """);

        assertThat(beat.getUnknownMap())
                .containsOnlyKeys(
                        "/region",
                        "/server/gpu",
                        "/usage/byModel/m~11/mood",
                        "/usage/totalCalls",
                        "/routes/slowest")
                .containsEntry("/region", "\"eu\"")
                .containsEntry("/server/gpu", "{\"a~/b\":1}");
        assertThat(beat.getAlertsJsonList()).containsExactly("{\"type\":\"x\"}");
        assertThat(beat.getUsage().getByModelOrThrow("m/1").getCalls()).isOne();
    }

    private Heartbeat map(String text) throws IOException {
        return mapping.map(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void leaves(JsonNode node, List<String> leaves) {
        if (node.isContainerNode()) {
            node.forEach(child -> leaves(child, leaves));
        } else if (!node.isNull()) {
            leaves.add(node.isNumber() ? String.valueOf(node.asDouble()) : node.asText());
        }
    }

    private static void leaves(MessageOrBuilder message, List<String> leaves) {
        message.getAllFields()
                .forEach((field, value) -> {
                    if (field.isRepeated()) {
                        ((List<?>) value).forEach(element -> leaf(field, element, leaves));
                    } else {
                        leaf(field, value, leaves);
                    }
                });
    }

    private static void leaf(FieldDescriptor field, Object value, List<String> leaves) {
        if (field.isMapField()) {
            Message pair = (Message) value;
            FieldDescriptor inner = pair.getDescriptorForType().findFieldByName("value");
            leaf(inner, pair.getField(inner), leaves);
        } else if (value instanceof Message inner) {
            leaves(inner, leaves);
        } else {
            leaves.add(
                    value instanceof Number number
                            ? String.valueOf(number.doubleValue())
                            : value.toString());
        }
    }
}
