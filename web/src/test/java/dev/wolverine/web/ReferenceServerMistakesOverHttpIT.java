package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the existing Node server does wrong in its HTTP API, each as a test that this one does not.
 */
class ReferenceServerMistakesOverHttpIT {

    private static TestPlatform platform;
    private static ApiClient anybody;
    private static ApiClient instance;
    private static ApiClient viewer;

    private final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        anybody = new ApiClient(platform, new Contract());
        instance = anybody.withKey(platform.key(Role.INGEST));
        viewer = anybody.withKey(platform.key(Role.VIEWER));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void registeringAKnownInstanceGivesNobodyItsKey() {
        beat(Beats.beat("wlv_known", now, 1));
        awaitServer("wlv_known");
        for (String body :
                List.of(
                        "{\"instanceId\":\"wlv_known\",\"name\":\"shop wlv_known\"}",
                        "{\"instanceId\":\"wlv_known\",\"name\":\"x\",\"version\":\"1.0.0\"}",
                        "{\"instanceId\":\"wlv_new\",\"name\":\"x\"}")) {
            HttpResponse<String> answer = anybody.post("/api/v1/register", body);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(new JsonObject(answer.body()).fieldNames()).doesNotContain("key");
        }
    }

    @Test
    void noReadOfTheFleetShowsAnotherOrganisation() {
        beat(Beats.beat("wlv_ours_alone", now, 1));
        awaitServer("wlv_ours_alone");
        ApiClient stranger =
                anybody.withKey(platform.key(platform.newOrganisation("rivals"), Role.VIEWER));

        for (String path :
                List.of(
                        "/api/v1/servers",
                        "/api/v1/servers?q=wlv_ours_alone",
                        "/api/v1/servers?status=healthy,down,degraded,unknown&limit=1000",
                        "/api/v1/servers/wlv_ours_alone",
                        "/api/v1/servers/wlv_ours_alone/heartbeats",
                        "/api/v1/connection")) {
            assertThat(stranger.get(path).body()).as(path).doesNotContain("ours_alone");
        }
        assertThat(json(stranger.get("/api/v1/servers")).getInteger("total")).isZero();
        assertThat(json(stranger.get("/api/v1/connection")).getInteger("servers")).isZero();
    }

    @Test
    void aServerThatSaysItIsDownIsShownDown() {
        JsonObject down = Beats.beat("wlv_says_down", now, 1);
        down.getJsonObject("server").put("status", "down");
        beat(down);

        assertThat(awaitServer("wlv_says_down").getString("status")).isEqualTo("down");
        assertThat(json(viewer.get("/api/v1/servers?status=down")).encode())
                .contains("wlv_says_down");
    }

    @Test
    void bothNamesOfTheNumberOfRoutesAreShown() {
        beat(Beats.beat("wlv_routes_new", now, 1));
        JsonObject older = Beats.beat("wlv_routes_old", now, 1);
        older.getJsonObject("routes")
                .put("total", older.getJsonObject("routes").remove("totalRoutes"));
        beat(older);

        for (String id : List.of("wlv_routes_new", "wlv_routes_old")) {
            assertThat(awaitServer(id).getJsonObject("routes").getInteger("total")).isEqualTo(8);
        }
    }

    @Test
    void thePageIsCounted() {
        for (int i = 0; i < 5; i++) {
            beat(Beats.beat("wlv_paged_" + i, now, 1));
            awaitServer("wlv_paged_" + i);
        }
        for (int page = 1; page <= 3; page++) {
            JsonObject answer =
                    json(
                            viewer.get(
                                    "/api/v1/servers?q=wlv_paged&sort=name&limit=2&offset="
                                            + 2 * (page - 1)));
            assertThat(answer.getInteger("page")).isEqualTo(page);
            assertThat(answer.getInteger("total")).isEqualTo(5);
            assertThat(answer.getJsonArray("servers")).hasSize(page == 3 ? 1 : 2);
        }
    }

    @Test
    void aSilentServerStaysWithItsHistory() {
        long tenDaysAgo = now - Duration.ofDays(10).toMillis();
        beat(Beats.beat("wlv_gone", tenDaysAgo, 123));
        awaitServer("wlv_gone");
        lastHeardTenDaysAgo("wlv_gone");

        await().until(() -> !awaitServer("wlv_gone").getString("status").equals("healthy"));
        assertThat(json(viewer.get("/api/v1/servers?q=wlv_gone")).getInteger("total")).isOne();
        JsonObject series =
                json(
                        viewer.get(
                                "/api/v1/servers/wlv_gone/heartbeats?interval=1h&from="
                                        + (tenDaysAgo - 3_600_000)
                                        + "&to="
                                        + (tenDaysAgo + 3_600_000)));
        assertThat(series.getJsonArray("points").getJsonObject(0).getJsonObject("memoryMb"))
                .isEqualTo(new JsonObject().put("min", 123).put("avg", 123.0).put("max", 123));
    }

    /** As if time had passed: the fleet learns of it with the next commit. */
    private static void lastHeardTenDaysAgo(String id) {
        try (Connection connection = platform.database().writer().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "UPDATE server_states SET last_seen = now() - interval '10 days' WHERE server_id ="
                            + " (SELECT id FROM servers WHERE instance_id = '"
                            + id
                            + "')");
            statement.execute(
                    "INSERT INTO commits (server_ids, first_ts, heartbeats)"
                            + " SELECT array_agg(id), now(), 1 FROM servers WHERE instance_id = '"
                            + id
                            + "'");
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void beat(JsonObject body) {
        assertThat(instance.post("/api/v1/heartbeat", body.encode()).statusCode()).isEqualTo(200);
    }

    private static JsonObject awaitServer(String id) {
        await().until(() -> viewer.get("/api/v1/servers/" + id).statusCode() == 200);
        return json(viewer.get("/api/v1/servers/" + id));
    }

    private static JsonObject json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }
}
