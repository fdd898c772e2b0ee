package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.live.LiveSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The live feed over real sockets, from a heartbeat over HTTP to the message. */
class LiveFeedIT {

    private static final LiveSettings QUICK =
            new LiveSettings(
                    Duration.ofMillis(800),
                    Duration.ofMillis(50),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    100,
                    8,
                    3);

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient anybody;
    private static ApiClient instance;
    private static ApiClient admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start(HttpSettings.of("127.0.0.1", 0, false), QUICK);
        contract = new Contract();
        anybody = new ApiClient(platform, contract);
        instance = anybody.withKey(platform.key(Role.INGEST));
        admin = anybody.withKey(platform.key(Role.ADMIN));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void aSubscriberGetsTheFleetThenOnlyWhatChanged() {
        long now = System.currentTimeMillis();
        beat("wlv_live", now, 100);
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            JsonObject hello = live.await("hello");
            assertThat(hello.getLong("seq")).isNotNegative();
            assertThat(hello.getLong("serverTime")).isBetween(now - 60_000, now + 60_000);
            live.send(sub(1, "wlv_live"));
            JsonObject snapshot = live.await("snap");
            assertThat(snapshot.getBoolean("last")).isTrue();
            JsonObject server = snapshot.getJsonArray("u").getJsonObject(0).getJsonObject("p");
            contract.validate("Server", server);

            beat("wlv_live", now + 1000, 131);

            JsonObject delta = live.await("d");
            assertThat(delta.getLong("seq")).isEqualTo(snapshot.getLong("seq") + 1);
            assertThat(delta.getJsonArray("x")).isEmpty();
            assertThat(delta.getJsonArray("e")).isEmpty();
            JsonObject changed = delta.getJsonArray("u").getJsonObject(0).getJsonObject("p");
            assertThat(changed.getInteger("memoryMb")).isEqualTo(131);
            assertThat(changed.fieldNames())
                    .contains("memoryMb", "lastSeen", "timestamp")
                    .doesNotContain("id", "name", "usage", "routes", "pid");
        }
    }

    @Test
    void whatASubscriberHasMergedIsWhatTheFleetIs() {
        long now = System.currentTimeMillis();
        Random random = new Random(42);
        Map<String, JsonObject> merged = new HashMap<>();
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            for (int i = 0; i < 150; i++) {
                if (i == 40) {
                    live.send("{\"op\":\"sub\",\"id\":7,\"topic\":\"fleet\"}");
                }
                beat("wlv_model_" + random.nextInt(12), now + i, random.nextInt(1000));
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        merged.clear();
                        live.messages().forEach(message -> merge(message, merged));
                        assertThat(merged).isNotEmpty().isEqualTo(fleet());
                    });
            assertThatSequenceHasNoGap(live.messages());
        }
    }

    @Test
    void aFilterLetsOnlyTheNamedServersThrough() {
        long now = System.currentTimeMillis();
        beat("wlv_in", now, 1);
        beat("wlv_out", now, 1);
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            live.send(sub(3, "wlv_in"));
            live.await("snap");
            beat("wlv_out", now + 1, 2);
            beat("wlv_in", now + 1, 2);
            live.await("d");

            for (JsonObject message : live.messages()) {
                for (Object update : message.getJsonArray("u", new JsonArray())) {
                    assertThat(((JsonObject) update).getString("k")).isEqualTo("wlv_in");
                }
            }
        }
    }

    @Test
    void anEndedSubscriptionSaysNothingMore() {
        long now = System.currentTimeMillis();
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            live.send(sub(1));
            live.send("{\"op\":\"unsub\",\"id\":1}");
            live.send("{\"subscribe\":[\"heartbeat\"]}");
            live.send("{\"op\":\"ping\"}");
            live.await("pong");
            beat("wlv_unsub", now, 2);
            live.await(message -> "heartbeat".equals(message.getString("type")));

            assertThat(live.messages()).noneMatch(message -> "d".equals(message.getString("op")));
        }
    }

    @Test
    void theSimpleFormGetsBareEvents() {
        long now = System.currentTimeMillis();
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            live.send("{\"subscribe\":[\"heartbeat\",\"alert\",\"repair\"]}");
            live.send("{\"servers\":[\"wlv_simple\"]}");
            live.send("{\"op\":\"ping\"}");
            live.await("pong");
            beat("wlv_noise", now, 2);
            beat("wlv_simple", now, 55);

            JsonObject event = live.await(message -> message.containsKey("type"));
            assertThat(event.getString("type")).isEqualTo("heartbeat");
            assertThat(event.getString("serverId")).isEqualTo("wlv_simple");
            assertThat(event.getJsonObject("data").getInteger("memoryMb")).isEqualTo(55);
            contract.validate("Server", event.getJsonObject("data"));
        }
    }

    @Test
    void anotherOrganisationHearsNothing() {
        String key = platform.key(platform.newOrganisation("deaf"), Role.VIEWER);
        try (LiveClient stranger = LiveClient.withKey(platform, key);
                LiveClient ours = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            stranger.send(sub(1));
            stranger.send("{\"servers\":[\"wlv_secret\"]}");
            ours.send(sub(1, "wlv_secret"));
            ours.await("snap");
            assertThat(stranger.await("snap").getJsonArray("u")).isEmpty();

            beat("wlv_secret", System.currentTimeMillis(), 1);

            ours.await("d");
            stranger.send("{\"op\":\"ping\"}");
            stranger.await("pong");
            assertThat(stranger.messages()).noneMatch(m -> m.encode().contains("wlv_secret"));
        }
    }

    @Test
    void aSessionOfOurOwnPageNeedsNoMessage() {
        ApiClient.Person owner = logIn();
        try (LiveClient live =
                LiveClient.connect(
                        platform,
                        "Cookie",
                        owner.cookie(),
                        "Origin",
                        "http://127.0.0.1:" + platform.port())) {
            live.await("hello");
        }
    }

    @Test
    void aSessionFromAForeignPageIsRefusedAtTheDoor() {
        ApiClient.Person owner = logIn();

        assertThatThrownBy(() ->
                        LiveClient.connect(
                                platform,
                                "Cookie",
                                owner.cookie(),
                                "Origin",
                                "https://evil.example"))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
    }

    @Test
    void aSessionWithoutAnOriginHasToAuthenticateLikeAnybody() {
        ApiClient.Person owner = logIn();
        try (LiveClient live = LiveClient.connect(platform, "Cookie", owner.cookie())) {
            assertThat(live.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void aKeyMayComeWithTheUpgrade() {
        try (LiveClient live =
                LiveClient.connect(
                        platform, "Authorization", "Bearer " + platform.key(Role.VIEWER))) {
            live.await("hello");
        }
    }

    @Test
    void whoDoesNotAuthenticateIsClosed() {
        try (LiveClient silent = LiveClient.connect(platform);
                LiveClient wrong = LiveClient.connect(platform);
                LiveClient writer = LiveClient.connect(platform);
                LiveClient hasty = LiveClient.connect(platform);
                LiveClient large = LiveClient.connect(platform)) {
            wrong.send("{\"op\":\"auth\",\"token\":\"wlvk_nonsense\"}");
            writer.send(
                    new JsonObject()
                            .put("op", "auth")
                            .put("token", platform.key(Role.INGEST))
                            .encode());
            hasty.send(sub(1));
            large.send("{\"op\":\"auth\",\"token\":\"" + "x".repeat(5000) + "\"}");

            assertThat(wrong.awaitClose()).isEqualTo(1008);
            assertThat(writer.awaitClose()).isEqualTo(1008);
            assertThat(hasty.awaitClose()).isEqualTo(1008);
            assertThat(large.awaitClose()).isEqualTo(1008);
            assertThat(silent.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void aRevokedKeyClosesItsSocketsAtOnce() {
        JsonObject made =
                new JsonObject(
                        admin.post("/api/v1/keys", "{\"name\":\"w\",\"role\":\"viewer\"}").body());
        try (LiveClient live = LiveClient.withKey(platform, made.getString("key"))) {
            assertThat(admin.delete("/api/v1/keys/" + made.getString("id")).statusCode())
                    .isEqualTo(204);
            assertThat(live.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void aSessionThatEndsElsewhereClosesItsSocketsWithinTheRecheck() throws Exception {
        ApiClient.Person owner = logIn();
        try (LiveClient live =
                LiveClient.connect(
                        platform,
                        "Cookie",
                        owner.cookie(),
                        "Origin",
                        "http://127.0.0.1:" + platform.port())) {
            live.await("hello");
            try (var connection = platform.database().writer().getConnection();
                    var delete = connection.prepareStatement("DELETE FROM sessions")) {
                delete.executeUpdate();
            }
            assertThat(live.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void aSubjectHasABoundedNumberOfSockets() {
        String key = platform.key(Role.VIEWER);
        List<LiveClient> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(LiveClient.withKey(platform, key));
        }
        try (LiveClient fourth = LiveClient.connect(platform)) {
            fourth.send(new JsonObject().put("op", "auth").put("token", key).encode());
            assertThat(fourth.awaitClose()).isEqualTo(4429);
        }
        open.getFirst().close();
        await().atMost(Duration.ofSeconds(5))
                .ignoreExceptions()
                .untilAsserted(() -> LiveClient.withKey(platform, key).close());
        open.forEach(LiveClient::close);
    }

    @Test
    void whatCannotBeUnderstoodIsExplained() {
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            live.send("{\"op\":\"sub\",\"id\":9,\"topic\":\"weather\"}");
            JsonObject error = live.await("error");
            assertThat(error.getInteger("id")).isEqualTo(9);
            assertThat(error.getString("message")).contains("expected: fleet");
            live.send("nonsense");
            live.await(message -> message.getString("message", "").startsWith("message:"));
        }
    }

    @Test
    void framesThatAreNotTextOrTooLargeCloseTheSocket() {
        try (LiveClient binary = LiveClient.withKey(platform, platform.key(Role.VIEWER));
                LiveClient large = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            binary.sendBinary(new byte[] {1});
            large.send("\"" + "x".repeat(70_000) + "\"");

            assertThat(binary.awaitClose()).isEqualTo(1003);
            assertThat(large.awaitClose()).isIn(1009, 1006);
        }
    }

    @Test
    void aLiveSocketIsPingedAndLives() {
        try (LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> live.pings() >= 3);
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void aReaderThatTakesNothingIsClosedAndTheOthersAreServed() {
        long now = System.currentTimeMillis();
        try (RawSocket stalled = new RawSocket(platform, platform.key(Role.VIEWER));
                LiveClient live = LiveClient.withKey(platform, platform.key(Role.VIEWER))) {
            for (int i = 0; i < 90; i++) {
                stalled.text(sub(i % 8));
                stalled.text("{\"op\":\"dance\",\"id\":1}");
            }
            live.send(sub(1));
            live.await("snap");
            beat("wlv_beside", now, 7);
            live.await(message -> message.encode().contains("wlv_beside"));

            assertThat(stalled.readToEnd()).isIn(4429, 4408, RawSocket.CUT);
        }
    }

    @Test
    void aRestartIsAnnounced() {
        TestPlatform other = TestPlatform.start(HttpSettings.of("127.0.0.1", 0, false), QUICK);
        LiveClient live = LiveClient.withKey(other, other.key(Role.VIEWER));
        other.close();
        assertThat(live.await("bye").getInteger("retryIn")).isBetween(1000, 5000);
        assertThat(live.awaitClose()).isEqualTo(1012);
    }

    private static void beat(String id, long timestamp, int memoryMb) {
        assertThat(
                        instance.post(
                                        "/api/v1/heartbeat",
                                        Beats.beat(id, timestamp, memoryMb).encode())
                                .statusCode())
                .isEqualTo(200);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> admin.get("/api/v1/servers/" + id).statusCode() == 200);
    }

    private static Map<String, JsonObject> fleet() {
        Map<String, JsonObject> fleet = new HashMap<>();
        for (Object server :
                new JsonObject(admin.get("/api/v1/servers?limit=1000").body())
                        .getJsonArray("servers")) {
            fleet.put(((JsonObject) server).getString("id"), (JsonObject) server);
        }
        return fleet;
    }

    private static void merge(JsonObject message, Map<String, JsonObject> merged) {
        for (Object update : message.getJsonArray("u", new JsonArray())) {
            JsonObject entry = (JsonObject) update;
            merged.computeIfAbsent(entry.getString("k"), id -> new JsonObject())
                    .mergeIn(entry.getJsonObject("p"));
        }
    }

    private static void assertThatSequenceHasNoGap(List<JsonObject> messages) {
        long expected = -1;
        for (JsonObject message : messages) {
            if ("snap".equals(message.getString("op"))) {
                expected = message.getLong("seq");
            } else if ("d".equals(message.getString("op"))) {
                expected++;
                assertThat(message.getLong("seq")).isEqualTo(expected);
            }
        }
    }

    private static ApiClient.Person logIn() {
        return anybody.logIn(platform.owner().email(), platform.owner().password());
    }

    private static String sub(int id, String... servers) {
        JsonObject sub = new JsonObject().put("op", "sub").put("id", id).put("topic", "fleet");
        if (servers.length > 0) {
            sub.put("filter", new JsonObject().put("servers", new JsonArray(List.of(servers))));
        }
        return sub.encode();
    }
}
