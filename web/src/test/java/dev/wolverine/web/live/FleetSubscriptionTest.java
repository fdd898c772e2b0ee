package dev.wolverine.web.live;

import static dev.wolverine.web.live.Servers.change;
import static dev.wolverine.web.live.Servers.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Conflation and the envelope, with a reader that can be as slow as it likes. */
class FleetSubscriptionTest {

    private final FleetLog log = new FleetLog(server -> FleetFeed.Marks.NONE);
    private final AtomicLong nanoTime = new AtomicLong();
    private final Reader reader = new Reader();

    @Test
    void aServerThatChangedOftenIsSentOnceAsItIsNow() {
        FleetSubscription subscription = subscribe(0, server("a", 1), server("b", 1));
        for (int i = 1; i <= 100; i++) {
            log.apply(change(i, server("a", i)));
        }
        subscription.flush(reader);

        assertThat(reader.messages).hasSize(2);
        JsonObject delta = reader.messages.get(1);
        assertThat(delta.getString("op")).isEqualTo("d");
        assertThat(delta.getJsonArray("u").encode())
                .isEqualTo("[{\"k\":\"a\",\"p\":{\"memoryMb\":100}}]");
        assertThat(delta.getLong("seq")).isEqualTo(1);
    }

    @Test
    void fieldsThatChangedAtDifferentTimesAreSentTogether() {
        FleetSubscription subscription = subscribe(0, server("a", 1));
        log.apply(change(1, server("a", 2)));
        log.apply(change(2, server("a", 2, "cart")));
        subscription.flush(reader);
        log.apply(change(3, server("a", 2, "till")));
        subscription.flush(reader);

        assertThat(update(1)).isEqualTo("{\"name\":\"cart\",\"memoryMb\":2}");
        assertThat(update(2)).isEqualTo("{\"name\":\"till\"}");
    }

    @Test
    void changesThatTheSnapshotHoldsAreNotSentAgain() {
        log.apply(change(1, server("a", 1)));
        log.apply(change(2, server("a", 2)));
        FleetSubscription subscription = subscribe(2, server("a", 2));
        subscription.flush(reader);
        log.apply(change(3, server("b", 7)));
        subscription.flush(reader);

        assertThat(reader.messages).hasSize(2);
        assertThat(reader.messages.get(1).getJsonArray("u").getJsonObject(0).getString("k"))
                .isEqualTo("b");
    }

    @Test
    void nothingIsSentWhereNothingChanged() {
        FleetSubscription subscription = subscribe(0, server("a", 1));
        log.apply(change(1, server("a", 1)));
        subscription.flush(reader);

        assertThat(reader.messages).hasSize(1);
    }

    @Test
    void anEmptyFleetIsASnapshotToo() {
        subscribe(0);

        assertThat(reader.messages).hasSize(1);
        assertThat(reader.messages.getFirst().getBoolean("last")).isTrue();
    }

    @Test
    void aLargeFleetComesInPartsOfAtMost64KibibytesAsFastAsTheReaderTakesThem() {
        ServerView[] fleet = new ServerView[1000];
        for (int i = 0; i < fleet.length; i++) {
            fleet[i] = server("wlv_" + i, i, "ü".repeat(100));
        }
        reader.capacity = 2;
        FleetSubscription subscription = subscribe(5, fleet);
        assertThat(reader.messages).hasSize(2);
        while (!reader.messages.getLast().getBoolean("last")) {
            reader.capacity += 1;
            subscription.flush(reader);
        }

        int servers = 0;
        for (int part = 0; part < reader.messages.size(); part++) {
            JsonObject message = reader.messages.get(part);
            assertThat(message.getInteger("part")).isEqualTo(part);
            assertThat(message.getLong("seq")).isEqualTo(5);
            assertThat(message.encode().getBytes(StandardCharsets.UTF_8))
                    .hasSizeLessThanOrEqualTo(64 * 1024);
            servers += message.getJsonArray("u").size();
        }
        assertThat(servers).isEqualTo(1000);
    }

    @Test
    void aReaderOfAnySpeedConvergesToTheFleet() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            FleetLog model = new FleetLog(server -> FleetFeed.Marks.NONE);
            Map<String, JsonObject> fleet = new HashMap<>();
            Reader slow = new Reader();
            FleetSubscription subscription = subscription(model);
            for (int step = 1; step <= 200; step++) {
                String id = "s" + random.nextInt(8);
                ServerView server = server(id, random.nextInt(4), "n" + random.nextInt(3));
                model.apply(change(step, server));
                fleet.put(id, whole(server));
                slow.capacity += random.nextInt(10) == 0 ? random.nextInt(3) : 0;
                subscription.flush(slow);
            }
            slow.capacity = Integer.MAX_VALUE;
            subscription.flush(slow);
            subscription.flush(slow);

            assertThat(slow.merged()).as("seed %d", seed).isEqualTo(fleet);
            assertThat(slow.messages.stream().skip(1).map(message -> message.getLong("seq")))
                    .containsExactlyElementsOf(
                            java.util.stream.LongStream.rangeClosed(1, slow.messages.size() - 1)
                                    .boxed()
                                    .toList());
        }
    }

    private FleetSubscription subscribe(long sequence, ServerView... fleet) {
        FleetIndex.Snapshot snapshot = new FleetIndex.Snapshot(sequence, List.of(fleet));
        log.seed(snapshot);
        FleetSubscription subscription = subscription(log);
        subscription.flush(reader);
        return subscription;
    }

    private FleetSubscription subscription(FleetLog of) {
        return new FleetSubscription(
                1,
                new FilteredRows(of, Set.of(), Set.of()),
                of,
                EventLane.fromNow(new EventLog("e", 0), new EventFilter(Set.of(), Set.of(), null)),
                Duration.ofSeconds(30),
                nanoTime::get);
    }

    private String update(int message) {
        return reader.messages
                .get(message)
                .getJsonArray("u")
                .getJsonObject(0)
                .getJsonObject("p")
                .encode();
    }

    private static JsonObject whole(ServerView server) {
        return new JsonObject(
                        ServerMessages.Update.of(server, dev.wolverine.web.json.ServerField.ALL)
                                .json())
                .getJsonObject("p");
    }

    private static final class Reader implements Outlet {
        private final List<JsonObject> messages = new ArrayList<>();
        private int capacity = Integer.MAX_VALUE;

        @Override
        public boolean isFull() {
            return messages.size() >= capacity;
        }

        @Override
        public void send(String message) {
            messages.add(new JsonObject(message));
        }

        Map<String, JsonObject> merged() {
            Map<String, JsonObject> merged = new HashMap<>();
            for (JsonObject message : messages) {
                for (Object update : message.getJsonArray("u", new JsonArray())) {
                    JsonObject entry = (JsonObject) update;
                    merged.computeIfAbsent(entry.getString("k"), id -> new JsonObject())
                            .mergeIn(entry.getJsonObject("p"));
                }
            }
            return merged;
        }
    }
}
