package dev.wolverine.web.live;

import static dev.wolverine.web.live.Servers.change;
import static dev.wolverine.web.live.Servers.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.ServerView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Conflation and the envelope, with a reader that can be as slow as it likes. */
class FleetSubscriptionTest {

    private final FleetLog log = new FleetLog(server -> FleetFeed.Marks.NONE);
    private final EventLog happened = new EventLog("e", 0);
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
        FleetSubscription subscription = subscribe(0, server("a", 2));
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
        FleetSubscription subscription = subscribe(0, fleet);
        assertThat(reader.messages).hasSize(2);
        while (!reader.messages.getLast().getBoolean("last")) {
            reader.capacity += 1;
            subscription.flush(reader);
        }

        int servers = 0;
        for (int part = 0; part < reader.messages.size(); part++) {
            JsonObject message = reader.messages.get(part);
            assertThat(message.getInteger("part")).isEqualTo(part);
            assertThat(message.getLong("seq")).isZero();
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
                            java.util.stream.LongStream.range(2, slow.messages.size() + 1)
                                    .boxed()
                                    .toList());
        }
    }

    @Test
    void aReaderThatIsTooLateBeginsAnewAndIsToldSo() {
        FleetSubscription subscription = subscribe(0, server("a", 1));
        reader.capacity = 1;
        log.apply(change(1, server("a", 2)));
        subscription.flush(reader);
        nanoTime.set(Duration.ofSeconds(31).toNanos());
        reader.capacity = Integer.MAX_VALUE;
        subscription.flush(reader);

        assertThat(reader.messages)
                .extracting(message -> message.getString("op"))
                .containsExactly("snap", "resync", "snap");
        assertThat(reader.messages.get(1).getBoolean("eventsLost")).isFalse();
        assertThat(reader.messages.get(2).getLong("seq"))
                .isGreaterThan(reader.messages.get(0).getLong("seq"));
        assertThat(Objects.requireNonNull(reader.merged().get("a")).getInteger("memoryMb"))
                .isEqualTo(2);
    }

    @Test
    void eventsAreSentOneByOneInOrderAndNeverConflated() {
        FleetSubscription subscription = subscribe(0, server("a", 1));
        for (int i = 1; i <= 500; i++) {
            happened.add(event(i), 0);
        }
        subscription.flush(reader);

        assertThat(reader.events())
                .isEqualTo(java.util.stream.LongStream.rangeClosed(1, 500).boxed().toList());
    }

    @Test
    void aReaderThatMissesEventsIsToldSo() {
        FleetSubscription subscription = subscribe(0, server("a", 1));
        for (int i = 1; i <= EventLane.MAX_EVENTS + 1; i++) {
            happened.add(event(i), 0);
        }
        subscription.flush(reader);
        happened.add(event(EventLane.MAX_EVENTS + 2), 0);
        subscription.flush(reader);

        JsonObject resync = reader.messages.get(1);
        assertThat(resync.getString("op")).isEqualTo("resync");
        assertThat(resync.getBoolean("eventsLost")).isTrue();
        assertThat(resync.getLong("es")).isEqualTo(EventLane.MAX_EVENTS + 1);
        assertThat(reader.events()).containsExactly(EventLane.MAX_EVENTS + 2L);
    }

    @Test
    void aServerThatLosesItsTagGoesAndComesBackWhole() {
        Map<String, Set<String>> tags = new HashMap<>(Map.of("a", Set.of("eu")));
        FleetLog tagged =
                new FleetLog(view ->
                        new FleetFeed.Marks(
                                true, tags.getOrDefault(view.state().instanceId(), Set.of())));
        tagged.seed(new FleetIndex.Snapshot(0, List.of(server("a", 1), server("b", 1))));
        FleetSubscription subscription =
                subscription(new FilteredRows(tagged, Set.of(), Set.of("eu")), tagged);
        subscription.flush(reader);
        assertThat(reader.merged()).containsOnlyKeys("a");

        tags.clear();
        tagged.apply(change(1, server("a", 1)));
        subscription.flush(reader);
        assertThat(reader.messages.getLast().getJsonArray("x").encode()).isEqualTo("[\"a\"]");

        tags.put("b", Set.of("eu", "new"));
        tagged.apply(change(2, server("b", 1)));
        subscription.flush(reader);
        assertThat(update(reader.messages.size() - 1)).contains("\"id\":\"b\"", "\"status\"");
    }

    @Test
    void aWindowTellsWhoEntersWhoLeavesAndTheOrder() {
        List<List<String>> order = new ArrayList<>(List.of(List.of("a", "b")));
        log.seed(
                new FleetIndex.Snapshot(
                        0, List.of(server("a", 1), server("b", 2), server("c", 3))));
        FleetWindows windows =
                new FleetWindows(
                        window -> new FleetFeed.Page(order.getLast(), 3),
                        log,
                        Runnable::run,
                        nanoTime::get);
        FleetSubscription subscription =
                subscription(
                        new WindowRows(
                                log,
                                windows,
                                new FleetFeed.Window(Set.of(), "memory", false, 0, 2)),
                        log);
        subscription.flush(reader);
        assertThat(reader.messages.getFirst().getInteger("total")).isEqualTo(3);

        order.add(List.of("c", "a"));
        nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        log.apply(change(1, server("c", 0)));
        subscription.flush(reader);

        JsonObject delta = reader.messages.getLast();
        assertThat(delta.getJsonArray("x").encode()).isEqualTo("[\"b\"]");
        assertThat(delta.getJsonArray("o").encode()).isEqualTo("[\"c\",\"a\"]");
        assertThat(delta.getJsonArray("u")).hasSize(1);
        assertThat(update(1)).contains("\"id\":\"c\"");
    }

    private static LiveEvent event(long number) {
        return new LiveEvent(
                number,
                Servers.ORGANISATION,
                number,
                LiveEvent.Kind.ALERT,
                null,
                Instant.EPOCH,
                "{}");
    }

    private FleetSubscription subscribe(long sequence, ServerView... fleet) {
        FleetIndex.Snapshot snapshot = new FleetIndex.Snapshot(sequence, List.of(fleet));
        log.seed(snapshot);
        FleetSubscription subscription = subscription(log);
        subscription.flush(reader);
        return subscription;
    }

    private FleetSubscription subscription(FleetLog of) {
        return subscription(new FilteredRows(of, Set.of(), Set.of()), of);
    }

    private FleetSubscription subscription(Rows rows, FleetLog of) {
        return new FleetSubscription(
                1,
                rows,
                of,
                EventLane.fromNow(
                        happened, new EventFilter(Set.of(LiveEvent.Kind.ALERT), Set.of(), null)),
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

        List<Long> events() {
            List<Long> numbers = new ArrayList<>();
            for (JsonObject message : messages) {
                for (Object event : message.getJsonArray("e", new JsonArray())) {
                    numbers.add(((JsonObject) event).getLong("seq"));
                }
            }
            return numbers;
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
