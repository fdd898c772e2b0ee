package dev.wolverine.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.fleet.Outages;
import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final SimulatedInstance instance = new SimulatedFleet(1, 1_795_000_020L, 1).instance(0);

    @Test
    void theNewestBeatGoesFirstThenTheQueueOldestFirst() {
        Lane lane = lane(Outages.NONE);
        for (int i = 0; i < 4; i++) {
            assertThat(lane.tick()).isZero();
        }

        assertThat(lane.canDrain()).isFalse();
        assertThat(lane.takeNewest()).isEqualTo(3);
        assertThat(lane.canDrain()).isTrue();
        assertThat(List.of(lane.takeOldest(), lane.takeOldest(), lane.takeOldest()))
                .containsExactly(0L, 1L, 2L);
        assertThat(lane.canDrain()).isFalse();
    }

    @Test
    void aFullQueueForgetsItsOldest() {
        Lane lane = lane(Outages.NONE);
        int forgotten = 0;
        for (int i = 0; i < Lane.QUEUE_LIMIT + 11; i++) {
            forgotten += lane.tick();
        }

        assertThat(forgotten).isEqualTo(10);
        lane.takeNewest();
        assertThat(lane.takeOldest()).isEqualTo(10);
    }

    @Test
    void nothingIsSentDuringAnOutage() {
        Lane lane = lane(new Outages(10, 5, 0));
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            lane.tick();
            if (lane.hasNewest()) {
                sent.add(lane.takeNewest());
            }
            while (lane.canDrain()) {
                sent.add(lane.takeOldest());
            }
        }

        assertThat(sent).containsExactly(0L, 1L, 2L, 3L, 4L, 10L, 5L, 6L, 7L, 8L, 9L);
    }

    private Lane lane(Outages outages) {
        return new Lane(instance, outages, new HistoryCursor(instance, 0, 0, 60), 0, 1);
    }
}
