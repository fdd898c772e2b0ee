package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.MarkStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the fleet and its servers are asked, over a real server and a real PostgreSQL. */
class ReadingIT {

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient instance;
    private static ApiClient viewer;
    private static ApiClient operator;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        contract = new Contract();
        ApiClient anybody = new ApiClient(platform, contract);
        instance = anybody.withKey(platform.key(Role.INGEST));
        viewer = anybody.withKey(platform.key(Role.VIEWER));
        operator = anybody.withKey(platform.key(Role.OPERATOR));
    }

    @AfterAll
    static void everyOperationWasCalled() {
        platform.close();
        Set<String> missing = new TreeSet<>(contract.operations("servers"));
        missing.removeAll(contract.called());
        assertThat(missing).isEmpty();
    }

    @Test
    void aCursorLeadsThroughTheFleet() {
        for (int i = 0; i < 5; i++) {
            beat("wlv_paged_" + i, Instant.now(), 100 + i % 2);
        }
        await().until(() -> page("q=wlv_paged").getInteger("total") == 5);
        String question = "q=wlv_paged&sort=memory&order=desc&limit=2";
        JsonObject first = page(question);
        JsonObject second = page(question + "&cursor=" + first.getString("nextCursor"));
        JsonObject third = page(question + "&cursor=" + second.getString("nextCursor"));

        List<String> all = new ArrayList<>(ids(first));
        all.addAll(ids(second));
        all.addAll(ids(third));
        assertThat(all)
                .containsExactly(
                        "wlv_paged_1", "wlv_paged_3", "wlv_paged_0", "wlv_paged_2", "wlv_paged_4");
        assertThat(List.of(first, second, third))
                .extracting(page -> page.getInteger("page"))
                .containsExactly(1, 2, 3);
        assertThat(third.getString("nextCursor")).isNull();
        String other = "/api/v1/servers?sort=cpu&cursor=" + first.getString("nextCursor");
        assertThat(viewer.get(other).statusCode()).isEqualTo(400);
        assertThat(viewer.get("/api/v1/servers?cursor=nonsense").statusCode()).isEqualTo(400);
    }

    @Test
    void anAnswerThatTheCallerHasIsNotSentAgain() {
        beat("wlv_known", Instant.now(), 1);
        await().until(() -> viewer.get("/api/v1/servers/wlv_known").statusCode() == 200);
        for (String path :
                List.of(
                        "/api/v1/servers/wlv_known",
                        "/api/v1/servers/heatmap",
                        "/api/v1/servers/top?by=memory",
                        "/api/v1/tags",
                        "/api/v1/views")) {
            String etag = viewer.get(path).headers().firstValue("etag").orElseThrow();
            HttpResponse<String> again = viewer.with("If-None-Match", etag).get(path);
            assertThat(again.statusCode()).as(path).isEqualTo(304);
            assertThat(again.body()).isEmpty();
        }
    }

    @Test
    void tagsAreSetSeenAndFilteredBy() {
        beat("wlv_tagged", Instant.now(), 1);
        await().until(() -> viewer.get("/api/v1/servers/wlv_tagged").statusCode() == 200);
        String path = "/api/v1/servers/wlv_tagged/tags";

        assertThat(put(operator, path, "{\"tags\":[\"team:shop\",\"eu\",\"eu\"]}")).isEqualTo(204);
        await().until(() -> ids(page("tag=eu,team:shop")).equals(List.of("wlv_tagged")));
        assertThat(page("tag=eu,us").getInteger("total")).isZero();
        assertThat(server("wlv_tagged").getJsonArray("tags"))
                .isEqualTo(new JsonArray().add("eu").add("team:shop"));
        assertThat(json(viewer.get("/api/v1/tags")).getJsonArray("tags"))
                .contains(new JsonObject().put("tag", "eu").put("servers", 1));

        assertThat(put(viewer, path, "{\"tags\":[]}")).isEqualTo(403);
        assertThat(put(operator, path, "{\"tags\":[\"a b\"]}")).isEqualTo(400);
        assertThat(put(operator, "/api/v1/servers/nobody/tags", "{\"tags\":[]}")).isEqualTo(404);
    }

    @Test
    void aServerThatIsPutAwayComesBackWithItsNextBeat() {
        Instant now = Instant.now();
        beat("wlv_away", now.minusSeconds(60), 1);
        await().until(() -> viewer.get("/api/v1/servers/wlv_away").statusCode() == 200);

        assertThat(put(operator, "/api/v1/servers/wlv_away/archived", "{\"archived\":true}"))
                .isEqualTo(204);
        await().until(() -> page("q=wlv_away").getInteger("total") == 0);
        assertThat(ids(page("q=wlv_away&archived=true"))).containsExactly("wlv_away");
        assertThat(server("wlv_away").getString("archivedAt")).isNotNull();
        beat("wlv_away", now, 2);
        await().until(() -> page("q=wlv_away").getInteger("total") == 1);
        assertThat(server("wlv_away").getString("archivedAt")).isNull();
    }

    @Test
    void whoIsSilentForLongIsPutAway() {
        beat("wlv_silent", Instant.now().minusSeconds(5), 1);
        await().until(() -> viewer.get("/api/v1/servers/wlv_silent").statusCode() == 200);
        platform.execute(
                "UPDATE heartbeats SET received_at = now() - interval '40 days' WHERE server_id = (SELECT id FROM servers WHERE instance_id = 'wlv_silent')");
        platform.execute(
                "UPDATE server_states SET last_seen = now() - interval '40 days' WHERE server_id = (SELECT id FROM servers WHERE instance_id = 'wlv_silent')");
        MarkStore marks = new MarkStore(platform.database().writer());
        Instant before = Instant.now().minusSeconds(30 * 86_400);

        assertThat(marks.archiveSilent(before, "platform", Instant.now())).isEqualTo(1);
        assertThat(marks.archiveSilent(before, "platform", Instant.now())).isZero();
        await().until(() -> page("q=wlv_silent&archived=true").getInteger("total") == 1);
    }

    @Test
    void viewsAreKeptChangedAndDeleted() {
        JsonObject made =
                json(
                        operator.post(
                                "/api/v1/views",
                                "{\"name\":\"Broken\",\"query\":\"status=down,degraded&sort=memory\"}"));
        String path = "/api/v1/views/" + made.getString("id");
        assertThat(made.getString("query")).isEqualTo("status=down,degraded&sort=memory");
        assertThat(viewer.get("/api/v1/views").body()).contains(made.getString("id"));
        assertThat(
                        operator.change(
                                        "PUT",
                                        path,
                                        "{\"name\":\"Down\",\"query\":\"status=down\"}")
                                .body())
                .contains("status=down\"");
        assertThat(
                        operator.post("/api/v1/views", "{\"name\":\"x\",\"query\":\"status=odd\"}")
                                .statusCode())
                .isEqualTo(400);
        assertThat(
                        operator.post("/api/v1/views", "{\"name\":\"x\",\"query\":\"limit=5\"}")
                                .statusCode())
                .isEqualTo(400);
        assertThat(viewer.delete(path).statusCode()).isEqualTo(403);
        assertThat(operator.delete(path).statusCode()).isEqualTo(204);
        assertThat(operator.delete(path).statusCode()).isEqualTo(404);
    }

    @Test
    void theFleetIsAFileWithTheSameFilters() {
        JsonObject odd = Beats.beat("wlv_file", System.currentTimeMillis(), 77);
        odd.getJsonObject("server").put("name", "=cmd()");
        instance.post("/api/v1/heartbeat", odd.encode());
        await().until(() -> page("q=wlv_file").getInteger("total") == 1);

        String path = "/api/v1/servers/export?q=wlv_file&fields=id,name,memoryMb,routes,tags";
        JsonArray servers = json(viewer.get(path)).getJsonArray("servers");
        assertThat(servers).hasSize(1);
        assertThat(servers.getJsonObject(0).fieldNames())
                .containsExactlyInAnyOrder("id", "name", "memoryMb", "routes", "tags");
        assertThat(viewer.get(path + "&format=csv").body().lines())
                .containsExactly(
                        "id,name,tags,memoryMb,routes.total,routes.healthy,routes.unhealthy,routes.slowestPath,routes.slowestAvgMs",
                        "\"wlv_file\",\"'=cmd()\",\"\",77,8,8,0,\"/cart\",81.5");
        assertThat(json(viewer.get("/api/v1/servers/export?q=nobody")).getJsonArray("servers"))
                .isEmpty();
        String all = viewer.get("/api/v1/servers/export?format=csv").body();
        int columns = all.lines().findFirst().orElseThrow().split(",").length;
        assertThat(all.lines().filter(line -> line.contains("wlv_file")))
                .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(columns));
        assertThat(viewer.get("/api/v1/servers/export?fields=colour").statusCode()).isEqualTo(400);
    }

    @Test
    void theHeatMapHasAByteAServerInTheOrderOfNames() {
        beat("wlv_warm", Instant.now(), 1);
        await().until(() -> page("q=wlv_warm").getInteger("total") == 1);
        String cells = viewer.get("/api/v1/servers/heatmap").body();
        JsonObject all = page("sort=name&limit=1000");
        List<String> words = List.of("down", "degraded", "unknown", "healthy");

        assertThat(cells.chars().mapToObj(words::get).toList())
                .isEqualTo(
                        all.getJsonArray("servers").stream()
                                .map(server -> ((JsonObject) server).getString("status"))
                                .toList());
    }

    @Test
    void theTopIsSortedByAnyColumn() {
        beat("wlv_huge", Instant.now(), 99_999);
        await().until(() -> page("q=wlv_huge").getInteger("total") == 1);
        assertThat(ids(json(viewer.get("/api/v1/servers/top?by=memory&n=1"))))
                .containsExactly("wlv_huge");
        assertThat(viewer.get("/api/v1/servers/top?n=101").statusCode()).isEqualTo(400);
    }

    @Test
    void aServersPastIsOneTimeline() {
        Instant begin = Instant.now().minusSeconds(3_000);
        String id = "wlv_past";
        send(told(id, begin, 0, 3).put("version", "5.1.0"));
        send(told(id, begin.plusSeconds(60), 60, 4).put("version", "5.1.0"));
        JsonObject after = told(id, begin.plusSeconds(900), 5, 6).put("version", "5.2.0");
        after.put("backups", new JsonObject().put("total", 2).put("stable", 1));
        after.getJsonObject("repairs")
                .put(
                        "lastRepair",
                        new JsonObject()
                                .put("error", "boom")
                                .put("success", true)
                                .put("tokens", 7));
        send(after);
        await().until(() ->
                json(viewer.get("/api/v1/servers/" + id)).getString("version").equals("5.2.0"));

        JsonObject answer = json(viewer.get("/api/v1/servers/" + id + "/events"));
        List<String> kinds = kinds(answer);
        assertThat(kinds).contains("status", "restart", "version", "repair", "backup", "gap");
        JsonObject version = event(answer, "version");
        assertThat(version.getJsonObject("detail"))
                .isEqualTo(new JsonObject().put("from", "5.1.0").put("to", "5.2.0"));
        assertThat(event(answer, "gap").getJsonObject("detail").getInteger("seconds"))
                .isEqualTo(840);
        assertThat(kinds(json(viewer.get("/api/v1/servers/" + id + "/events?kind=gap,version"))))
                .containsExactlyInAnyOrder("gap", "version");
        JsonObject one = json(viewer.get("/api/v1/servers/" + id + "/events?limit=1"));
        assertThat(kinds(one)).hasSize(1);
        assertThat(one.getBoolean("more")).isTrue();

        JsonObject repairs = json(viewer.get("/api/v1/servers/" + id + "/repairs"));
        assertThat(repairs.getJsonObject("stats").getInteger("total")).isGreaterThanOrEqualTo(3);
        assertThat(
                        repairs.getJsonArray("repairs")
                                .getJsonObject(0)
                                .getJsonObject("last")
                                .getString("error"))
                .isEqualTo("boom");
        assertThat(
                        json(viewer.get("/api/v1/servers/" + id + "/repairs?success=false&limit=5"))
                                .getJsonArray("repairs"))
                .isEmpty();

        JsonObject routes = json(viewer.get("/api/v1/servers/" + id + "/routes"));
        assertThat(routes.getJsonArray("points").getJsonObject(0).getString("slowestPath"))
                .isEqualTo("/cart");
        JsonArray backups =
                json(viewer.get("/api/v1/servers/" + id + "/backups")).getJsonArray("points");
        assertThat(backups.getJsonObject(backups.size() - 1).getInteger("total")).isEqualTo(2);
        assertThat(json(viewer.get("/api/v1/servers/" + id + "/brain")).getJsonArray("points"))
                .isNotEmpty();
        JsonObject usage = json(viewer.get("/api/v1/servers/" + id + "/usage?groupBy=total"));
        assertThat(Instant.parse(usage.getString("from")).getEpochSecond() % 900).isZero();
        assertThat(usage.getJsonArray("usage")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void whatIsAskedOfNobodyIsNotFoundAndNeverEmpty() {
        for (String what : List.of("events", "repairs", "usage", "routes", "backups", "brain")) {
            String path = "/api/v1/servers/nobody/" + what;
            assertThat(viewer.get(path).statusCode()).as(path).isEqualTo(404);
            assertThat(viewer.get(path + "?from=1970-01-01T00:00:00Z").statusCode())
                    .as(path)
                    .isEqualTo(400);
        }
        assertThat(viewer.get("/api/v1/servers/nobody/usage?interval=10m").statusCode())
                .isEqualTo(400);
    }

    private static JsonObject told(String id, Instant at, int uptime, int repairs) {
        JsonObject beat = Beats.beat(id, at.toEpochMilli(), 100);
        beat.getJsonObject("server").put("uptime", uptime).put("pid", uptime);
        beat.getJsonObject("repairs").put("total", repairs).put("successes", repairs - 1);
        return beat;
    }

    private static void beat(String id, Instant at, int memoryMb) {
        send(Beats.beat(id, at.toEpochMilli(), memoryMb));
    }

    private static void send(JsonObject beat) {
        assertThat(instance.post("/api/v1/heartbeat", beat.encode()).statusCode()).isEqualTo(200);
    }

    private static JsonObject page(String question) {
        return json(viewer.get("/api/v1/servers?" + question));
    }

    private static JsonObject server(String id) {
        return json(viewer.get("/api/v1/servers/" + id));
    }

    private static int put(ApiClient client, String path, String body) {
        return client.change("PUT", path, body).statusCode();
    }

    private static List<String> kinds(JsonObject events) {
        return events.getJsonArray("events").stream()
                .map(event -> ((JsonObject) event).getString("kind"))
                .toList();
    }

    private static JsonObject event(JsonObject events, String kind) {
        return events.getJsonArray("events").stream()
                .map(event -> (JsonObject) event)
                .filter(event -> event.getString("kind").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(JsonObject list) {
        return list.getJsonArray("servers").stream()
                .map(server -> ((JsonObject) server).getString("id"))
                .toList();
    }

    private static JsonObject json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isLessThan(300);
        return new JsonObject(answer.body());
    }
}
