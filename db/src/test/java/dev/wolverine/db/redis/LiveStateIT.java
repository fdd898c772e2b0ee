package dev.wolverine.db.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

class LiveStateIT {

    private static final UUID ORGANISATION = UUID.randomUUID();

    private final URI uri = TestDatabase.redis();

    @Test
    void writesStatesUnderThePublishedKeys() {
        try (LiveState live =
                        new LiveState(
                                uri, Duration.ofMinutes(5), List::of, new SimpleMeterRegistry());
                Jedis redis = new Jedis(uri)) {
            live.start();
            live.offer(List.of(state(1, "wlv_a", 100), state(2, "wlv_b", 200)));
            live.offerStats(ORGANISATION, Map.of("healthy", 2));
            await().until(() -> redis.exists(LiveKeys.fleetStats(ORGANISATION)));
            assertThat(redis.get(LiveKeys.serverState(ORGANISATION, "wlv_a")))
                    .contains("\"memoryMb\":100");
            assertThat(redis.ttl(LiveKeys.serverState(ORGANISATION, "wlv_a")))
                    .isBetween(200L, 300L);
            assertThat(redis.zrange(LiveKeys.activeServers(ORGANISATION), 0, -1))
                    .containsExactlyInAnyOrder("wlv_a", "wlv_b");
            assertThat(redis.get(LiveKeys.fleetStats(ORGANISATION))).isEqualTo("{\"healthy\":2}");
            assertThat(live.isReachable()).isTrue();
        }
    }

    @Test
    void writesEverythingAnewAfterAFlush() {
        List<ServerState> fleet = List.of(state(1, "wlv_a", 100), state(2, "wlv_b", 200));
        try (LiveState live =
                        new LiveState(
                                uri,
                                Duration.ofMinutes(5),
                                () -> fleet,
                                new SimpleMeterRegistry());
                Jedis redis = new Jedis(uri)) {
            live.start();
            String key = LiveKeys.serverState(ORGANISATION, "wlv_b");
            await().until(() -> redis.exists(key));
            redis.flushDB();
            await().until(() -> redis.exists(key));
        }
    }

    @Test
    void nobodyWaitsForARedisThatIsAway() {
        URI nowhere = URI.create("redis://127.0.0.1:1");
        try (LiveState live =
                new LiveState(
                        nowhere, Duration.ofMinutes(5), List::of, new SimpleMeterRegistry())) {
            live.start();
            for (int i = 0; i < 10_000; i++) {
                live.offer(List.of(state(1, "wlv_a", i)));
            }
            assertThat(live.isReachable()).isFalse();
        }
    }

    private static ServerState state(int id, String instance, int memoryMb) {
        Instant now = Instant.now();
        int absent = Heartbeat.ABSENT;
        return new ServerState(
                id,
                ORGANISATION,
                instance,
                now,
                now,
                now,
                ReportedStatus.HEALTHY,
                absent,
                absent,
                memoryMb,
                absent,
                absent,
                absent,
                absent,
                absent,
                0,
                0,
                "name \"quoted\"",
                null,
                absent,
                absent,
                null,
                absent,
                absent,
                absent,
                absent,
                absent,
                absent,
                absent,
                absent,
                absent,
                absent,
                1);
    }
}
