package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two processes on one database: what comes in at one is told at both, in the same order. */
class LiveNodesIT {

    private static TestDatabase database;
    private static TestPlatform one;
    private static TestPlatform other;
    private static String admin;
    private static String viewer;
    private static ApiClient instanceAtOne;
    private static ApiClient instanceAtOther;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        one = TestPlatform.startOn(database.config());
        other = TestPlatform.startOn(database.config());
        admin = one.key(Role.ADMIN);
        viewer = one.key(Role.VIEWER);
        Contract contract = new Contract();
        String key = one.key(Role.INGEST);
        instanceAtOne = new ApiClient(one, contract).withKey(key);
        instanceAtOther = new ApiClient(other, contract).withKey(key);
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
        database.close();
    }

    @Test
    void aHeartbeatAtOneNodeIsAChangeAtTheOther() {
        long now = System.currentTimeMillis();
        try (LiveClient live = LiveClient.withKey(other, viewer)) {
            live.send(sub("{\"servers\":[\"wlv_across\"]}", null));
            live.await("snap");
            beat(instanceAtOne, "wlv_across", now, 3);
            JsonObject delta = live.await("d");
            assertThat(delta.getJsonArray("u").getJsonObject(0).getString("k"))
                    .isEqualTo("wlv_across");
        }
    }

    @Test
    void eventsOfAllWritersHaveTheSameNumbersAtEveryNode() {
        long now = System.currentTimeMillis();
        beat(instanceAtOne, "wlv_a", now, 3);
        beat(instanceAtOther, "wlv_b", now, 3);
        try (LiveClient here = LiveClient.withKey(one, viewer);
                LiveClient there = LiveClient.withKey(other, viewer)) {
            for (LiveClient live : List.of(here, there)) {
                live.send(sub("{\"kinds\":[\"repair\"]}", null));
                live.await("snap");
            }
            for (int i = 1; i <= 5; i++) {
                beat(instanceAtOne, "wlv_a", now + i, 3 + i);
                beat(instanceAtOther, "wlv_b", now + i, 3 + i);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> events(here).size() == 10);
            await().atMost(Duration.ofSeconds(20)).until(() -> events(there).size() == 10);

            assertThat(events(there)).isEqualTo(events(here));
            assertThat(events(here)).allMatch(event -> event.getString("kind").equals("repair"));
            assertThat(events(here).stream().map(event -> event.getString("server")).distinct())
                    .containsExactlyInAnyOrder("wlv_a", "wlv_b");
            assertThat(events(here).getFirst().getJsonObject("data").getLong("repairs"))
                    .isEqualTo(1);
        }
    }

    @Test
    void theSimpleFormIsToldOfRepairsToo() {
        long now = System.currentTimeMillis();
        beat(instanceAtOne, "wlv_plain", now, 3);
        try (LiveClient live = LiveClient.withKey(other, viewer)) {
            live.send("{\"subscribe\":[\"repair\"],\"servers\":[\"wlv_plain\"]}");
            live.send("{\"op\":\"ping\"}");
            live.await("pong");
            beat(instanceAtOne, "wlv_plain", now + 1, 4);
            JsonObject event = live.await(message -> message.containsKey("type"));

            assertThat(event.getString("type")).isEqualTo("repair");
            assertThat(event.getString("serverId")).isEqualTo("wlv_plain");
        }
    }

    @Test
    void whatIsDoneOverHttpIsToldToThoseWhoMayReadTheAuditLog() {
        try (LiveClient allowed = LiveClient.withKey(other, admin);
                LiveClient curious = LiveClient.withKey(other, viewer)) {
            allowed.send(sub("{\"kinds\":[\"audit\"]}", null));
            curious.send(sub(null, null));
            allowed.await("snap");
            curious.await("snap");
            new ApiClient(one, new Contract())
                    .withKey(admin)
                    .post("/api/v1/keys", "{\"name\":\"told\",\"role\":\"viewer\"}");
            await().atMost(Duration.ofSeconds(10)).until(() -> !events(allowed).isEmpty());
            assertThat(events(allowed).getFirst().getJsonObject("data").getString("action"))
                    .startsWith("key.");
            curious.send("{\"op\":\"ping\"}");
            curious.await("pong");
            assertThat(events(curious)).isEmpty();

            curious.send(sub("{\"kinds\":[\"audit\"]}", null));
            assertThat(curious.await("error").getString("message")).startsWith("filter.kinds");
        }
    }

    @Test
    void whoChangesNodesGetsEveryEventOnce() {
        long now = System.currentTimeMillis();
        beat(instanceAtOne, "wlv_roaming", now, 3);
        String filter = "{\"servers\":[\"wlv_roaming\"],\"kinds\":[\"state\",\"repair\"]}";
        List<Long> told = new ArrayList<>();
        Map<String, JsonObject> rows = new HashMap<>();
        JsonObject place = null;
        Random random = new Random(7);
        int repairs = 3;
        for (int visit = 0; visit < 6; visit++) {
            TestPlatform node = random.nextBoolean() ? one : other;
            try (LiveClient live = LiveClient.withKey(node, viewer)) {
                live.send(sub(filter, place));
                JsonObject ok = live.await("ok");
                if (place != null) {
                    assertThat(ok.getBoolean("recovered")).isTrue();
                }
                live.await("snap");
                int last = ++repairs;
                beat(instanceAtOther, "wlv_roaming", now + repairs, repairs);
                await().atMost(Duration.ofSeconds(20))
                        .until(() ->
                                events(live).stream()
                                        .anyMatch(event ->
                                                event.getString("at")
                                                        .equals(
                                                                java.time.Instant.ofEpochMilli(
                                                                                now + last)
                                                                        .toString())));
                rows.clear();
                live.messages().forEach(message -> merge(message, rows));
                events(live).forEach(event -> told.add(event.getLong("seq")));
                place =
                        new JsonObject()
                                .put("epoch", ok.getString("epoch"))
                                .put("seq", told.getLast());
            }
            // While nobody listens.
            beat(instanceAtOne, "wlv_roaming", now + ++repairs, repairs);
        }

        assertThat(told).doesNotHaveDuplicates().isSorted().hasSize(11);
        assertThat(
                        Objects.requireNonNull(rows.get("wlv_roaming"))
                                .getJsonObject("repairs")
                                .getInteger("total"))
                .isEqualTo(14);
    }

    @Test
    void aPlaceOfAnotherEpochIsNotRecovered() {
        try (LiveClient live = LiveClient.withKey(one, viewer)) {
            live.send(sub(null, new JsonObject().put("epoch", "another").put("seq", 0)));
            assertThat(live.await("ok").getBoolean("recovered")).isFalse();
            live.await("snap");
        }
    }

    @Test
    void aWindowIsSortedAndCutByTheServer() {
        long now = System.currentTimeMillis();
        UUID organisation = one.newOrganisation("windows");
        String key = one.key(organisation, Role.INGEST);
        ApiClient windows = new ApiClient(one, new Contract()).withKey(key);
        String reader = one.key(organisation, Role.VIEWER);
        for (int i = 0; i < 5; i++) {
            windows.post("/api/v1/heartbeat", Beats.beat("wlv_w" + i, now, 100 + i).encode());
        }
        ApiClient asks = new ApiClient(other, new Contract()).withKey(reader);
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        new JsonObject(asks.get("/api/v1/servers").body()).getInteger("total")
                                == 5);
        try (LiveClient live = LiveClient.withKey(other, reader)) {
            live.send(
                    "{\"op\":\"sub\",\"id\":1,\"topic\":\"fleet\",\"window\":{\"sort\":\"memory\",\"order\":\"desc\",\"limit\":2}}");
            JsonObject snapshot = live.await("snap");
            assertThat(keys(snapshot)).containsExactly("wlv_w4", "wlv_w3");
            assertThat(snapshot.getInteger("total")).isEqualTo(5);

            windows.post("/api/v1/heartbeat", Beats.beat("wlv_w0", now + 1, 900).encode());
            JsonObject delta = live.await(message -> message.containsKey("o"));
            assertThat(delta.getJsonArray("o").encode()).isEqualTo("[\"wlv_w0\",\"wlv_w4\"]");
            assertThat(delta.getJsonArray("x").encode()).isEqualTo("[\"wlv_w3\"]");
            assertThat(keys(delta)).containsExactly("wlv_w0");

            live.send(
                    "{\"op\":\"sub\",\"id\":2,\"topic\":\"fleet\",\"window\":{\"sort\":\"colour\"}}");
            assertThat(live.await("error").getString("message")).startsWith("window: sort");
        }
    }

    private static List<String> keys(JsonObject message) {
        return message.getJsonArray("u").stream()
                .map(update -> ((JsonObject) update).getString("k"))
                .toList();
    }

    private static void beat(ApiClient instance, String id, long timestamp, int repairs) {
        JsonObject beat = Beats.beat(id, timestamp, 100);
        beat.getJsonObject("repairs").put("total", repairs).put("successes", repairs - 1);
        assertThat(instance.post("/api/v1/heartbeat", beat.encode()).statusCode()).isEqualTo(200);
    }

    private static List<JsonObject> events(LiveClient live) {
        return live.messages().stream()
                .flatMap(message -> message.getJsonArray("e", new JsonArray()).stream())
                .map(event -> (JsonObject) event)
                .toList();
    }

    private static void merge(JsonObject message, Map<String, JsonObject> merged) {
        for (Object update : message.getJsonArray("u", new JsonArray())) {
            JsonObject entry = (JsonObject) update;
            merged.computeIfAbsent(entry.getString("k"), id -> new JsonObject())
                    .mergeIn(entry.getJsonObject("p"));
        }
    }

    private static String sub(@Nullable String filter, @Nullable JsonObject resume) {
        JsonObject sub = new JsonObject().put("op", "sub").put("id", 1).put("topic", "fleet");
        if (filter != null) {
            sub.put("filter", new JsonObject(filter));
        }
        if (resume != null) {
            sub.put("resume", resume);
        }
        return sub.encode();
    }
}
