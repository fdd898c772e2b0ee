package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LateBeatsTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void aQueueThatComesBackInOrderIsLateFromItsFirstBeatOn() {
        assertThat(LateBeats.from(List.of(server(1, -3_600, -3_540, 0)), new TreeMap<>()))
                .containsOnlyKeys(1)
                .containsValue(NOON.minusSeconds(3_600));
    }

    @Test
    void aBeatWithinTheGraceIsNotLateUnlessItIsOutOfOrder() {
        TreeMap<Integer, Instant> outOfOrder = new TreeMap<>();
        outOfOrder.put(2, NOON.minusSeconds(100));
        assertThat(LateBeats.from(List.of(server(1, -150), server(2, -100)), outOfOrder))
                .isEqualTo(outOfOrder);
    }

    private static ServerBeats server(int id, int... seconds) {
        Identity identity = new Identity(new UUID(1, 1), "wlv_" + id);
        ServerBeats server = new ServerBeats(identity);
        server.know(KnownServer.created(id, 0));
        int absent = Heartbeat.ABSENT;
        for (int second : seconds) {
            server.stored(
                    new Heartbeat(
                            identity,
                            NOON.plusSeconds(second),
                            NOON,
                            ReportedStatus.HEALTHY,
                            absent,
                            absent,
                            absent,
                            absent,
                            absent,
                            absent,
                            absent,
                            absent,
                            0,
                            new byte[0],
                            0));
        }
        return server;
    }
}
