package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.model.Permission;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.AuditLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operation over a real server and a real PostgreSQL; every answer held against openapi.yaml.
 */
class ApiIT {

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient anybody;
    private static ApiClient instance;
    private static ApiClient viewer;
    private static ApiClient operator;
    private static ApiClient admin;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        contract = new Contract();
        anybody = new ApiClient(platform, contract);
        instance = anybody.withKey(platform.key(Role.INGEST));
        viewer = anybody.withKey(platform.key(Role.VIEWER));
        operator = anybody.withKey(platform.key(Role.OPERATOR));
        admin = anybody.withKey(platform.key(Role.ADMIN));
    }

    @AfterAll
    static void everyOperationWasCalled() {
        platform.close();
        Set<String> missing = new TreeSet<>(contract.operations());
        missing.removeAll(contract.called());
        // ReadingIT calls these.
        missing.removeAll(contract.operations("servers"));
        // PeopleIT calls these.
        missing.removeAll(contract.operations("people"));
        missing.removeAll(contract.operations("session"));
        // ChannelsIT calls these.
        missing.removeAll(contract.operations("notifications"));
        // AnalyticsApiIT calls these.
        missing.removeAll(contract.operations("analytics"));
        // The upgrade is LiveFeedIT's; its refusals are called here.
        assertThat(missing).isEmpty();
    }

    @Test
    void everyOperationOfTheServerIsDescribedAndTheOtherWayRound() {
        Set<String> served =
                platform.server().endpoints().stream()
                        .filter(endpoint -> !endpoint.path().startsWith("^"))
                        .map(endpoint ->
                                endpoint.method()
                                        + " "
                                        + endpoint.path().replaceAll(":(\\w+)", "{$1}"))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(served).isEqualTo(contract.operations());
    }

    @Test
    void everyOperationAsksForThePermissionThatItIsDescribedWith() {
        platform.server().endpoints().stream()
                .filter(endpoint -> !endpoint.path().startsWith("^"))
                .forEach(endpoint -> {
                    String operation =
                            endpoint.method() + " " + endpoint.path().replaceAll(":(\\w+)", "{$1}");
                    assertThat(contract.permissions().get(operation))
                            .as(operation)
                            .isEqualTo(
                                    endpoint.access()
                                            .permission()
                                            .map(Permission::label)
                                            .orElse("none"));
                });
    }

    @Test
    void aHeartbeatIsDurableOnceAndShownInTheFleet() {
        long timestamp = System.currentTimeMillis();
        String beat = Beats.beat("wlv_first", timestamp, 131).encode();

        JsonObject receipt = json(instance.post("/api/v1/heartbeat", beat), 200);
        assertThat(receipt.getBoolean("received")).isTrue();
        assertThat(receipt.getLong("serverTime")).isBetween(timestamp - 1000, timestamp + 60_000);
        assertThat(json(instance.post("/api/v1/heartbeat", beat), 200).getBoolean("duplicate"))
                .isTrue();

        JsonObject server = awaitServer("wlv_first");
        assertThat(server.getString("status")).isEqualTo("healthy");
        assertThat(server.getInteger("memoryMb")).isEqualTo(131);
        assertThat(server.getDouble("cpuPercent")).isEqualTo(12.34);
        assertThat(server.getString("timestamp"))
                .isEqualTo(Instant.ofEpochMilli(timestamp).toString());
        assertThat(server.getJsonObject("routes").getDouble("slowestAvgMs")).isEqualTo(81.5);
        assertThat(server.getJsonObject("repairs").getLong("costMicros")).isEqualTo(250_000);
        assertThat(server.getJsonObject("usage").getLong("costMicros")).isEqualTo(1_500_000);
        assertThat(server.getValue("memories")).isNull();
    }

    @Test
    void aClockThatIsAheadShowsOnceBeatsComeAtItsPace() {
        long begin = System.currentTimeMillis();
        post(Beats.beat("wlv_clock", begin + 3_200, 1));
        assertThat(awaitServer("wlv_clock").getValue("clockSkewMs")).isNull();
        await().until(() -> System.currentTimeMillis() >= begin + 1_500);
        post(Beats.beat("wlv_clock", System.currentTimeMillis() + 3_200, 2));
        await().until(() ->
                json(viewer.get("/api/v1/servers/wlv_clock"), 200).getInteger("memoryMb") == 2);
        assertThat(json(viewer.get("/api/v1/servers/wlv_clock"), 200).getInteger("clockSkewMs"))
                .isBetween(-3_200, -2_700);
    }

    @Test
    void anAlertIsAcknowledgedByWhoeverTheCredentialSays() {
        viewer.get("/api/v1/rules");
        String id = SampleAlert.insert(platform, platform.organisation(), "it is slow").toString();
        JsonObject list =
                json(viewer.get("/api/v1/alerts?severity=critical&acknowledged=false"), 200);
        assertThat(list.getLong("total")).isPositive();
        assertThat(list.getJsonObject("counts").getJsonObject("critical").getInteger("firing"))
                .isPositive();

        String path = "/api/v1/alerts/" + id;
        String deed = "{\"action\":\"acknowledge\",\"by\":\"somebody else\"}";
        JsonObject alert = json(operator.change("PATCH", path, deed), 200);
        assertThat(alert.getString("acknowledgedBy")).startsWith("key:");
        assertThat(operator.change("PATCH", path, deed).statusCode()).isEqualTo(409);
        assertThat(json(viewer.get(path), 200).getJsonArray("history").getJsonObject(0))
                .satisfies(event -> assertThat(event.toString()).contains("acknowledged"));
        JsonObject bulk =
                json(
                        operator.post(
                                "/api/v1/alerts/bulk",
                                "{\"action\":\"resolve\",\"ids\":[\"" + id + "\"]}"),
                        200);
        assertThat(bulk.getInteger("changed")).isOne();
        assertThat(json(viewer.get(path), 200).getString("state")).isEqualTo("resolved");
    }

    @Test
    void aRuleIsCheckedBeforeItIsKeptAndTravelsAsYaml() {
        String rules = "/api/v1/rules";
        assertThat(json(viewer.get(rules), 200).getJsonArray("rules")).hasSizeGreaterThan(8);
        JsonObject wrong = expression("memoryMb > 'much'");
        JsonObject verdict = json(viewer.post(rules + "/validate", wrong.encode()), 200);
        assertThat(verdict.getBoolean("valid")).isFalse();
        assertThat(verdict.getJsonArray("errors").getJsonObject(0))
                .satisfies(error -> {
                    assertThat(((JsonObject) error).getInteger("line")).isEqualTo(1);
                    assertThat(((JsonObject) error).getInteger("column")).isEqualTo(10);
                });
        assertThat(operator.post(rules, wrong.encode()).statusCode()).isEqualTo(400);

        JsonObject right =
                expression("memoryMb > 400 && increase(history.calls, duration('1h')) < 1.0");
        JsonObject made = json(operator.post(rules, right.encode()), 201);
        String path = rules + "/" + made.getValue("id");
        assertThat(operator.post(rules, right.encode()).statusCode()).isEqualTo(409);
        assertThat(json(operator.change("PUT", path, right.encode()), 200).getInteger("version"))
                .isEqualTo(2);
        assertThat(json(viewer.get(path), 200).getJsonArray("versions")).hasSize(2);
        String file = viewer.get(rules + "/export").body();
        assertThat(file).contains("increase(history.calls");
        JsonObject imported =
                json(
                        operator.post(
                                rules + "/import", new JsonObject().put("yaml", file).encode()),
                        200);
        assertThat(imported.getInteger("imported")).isGreaterThan(8);
        assertThat(
                        json(
                                        operator.post(
                                                rules + "/backtest",
                                                new JsonObject()
                                                        .put("rule", right)
                                                        .put("days", 1)
                                                        .encode()),
                                        200)
                                .getInteger("total"))
                .isZero();
        assertThat(operator.delete(path).statusCode()).isEqualTo(204);
        assertThat(viewer.get(rules + "/1x").statusCode()).isEqualTo(404);
    }

    @Test
    void silencesAndMaintenanceAreSeenBeforeTheyAreMade() {
        for (String path : List.of("/api/v1/silences", "/api/v1/maintenance")) {
            JsonObject wish =
                    new JsonObject()
                            .put("matchers", new JsonObject().put("kind", "server_*"))
                            .put("reason", "moving")
                            .put("endsAt", Instant.now().plusSeconds(60).toString());
            JsonObject pattern = new JsonObject().put("matchers", wish.getJsonObject("matchers"));
            json(viewer.post(path + "/preview", pattern.encode()), 200);
            String id = json(operator.post(path, wish.encode()), 201).getString("id");
            assertThat(viewer.get(path).body()).contains(id);
            assertThat(operator.delete(path + "/" + id).statusCode()).isEqualTo(204);
            assertThat(operator.delete(path + "/" + id).statusCode()).isEqualTo(404);
        }
    }

    private static JsonObject expression(String text) {
        return new JsonObject()
                .put("name", "an expression")
                .put("kind", "expression")
                .put("parameters", new JsonObject().put("expression", text));
    }

    @Test
    void repeatedSlashesReachTheSameOperation() {
        String beat = Beats.beat("wlv_slashes", System.currentTimeMillis(), 1).encode();

        assertThat(instance.post("//api/v1/heartbeat", beat).statusCode()).isEqualTo(200);
        assertThat(instance.post("//api//v1///heartbeat", beat).statusCode()).isEqualTo(200);
        assertThat(anybody.post("//api/v1/register", "{\"instanceId\":\"wlv_x\"}").statusCode())
                .isEqualTo(403);
    }

    @Test
    void registrationIsRefusedWithAnErrorAndNoKey() {
        JsonObject refusal =
                json(anybody.post("/api/v1/register", "{\"instanceId\":\"wlv_first\"}"), 403);

        assertThat(refusal.getString("error")).contains("WOLVERINE_PLATFORM_KEY");
        assertThat(refusal.fieldNames()).containsExactly("error", "reason");
        assertThat(anybody.post("/api/v1/register", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aBodyThatCannotBeStoredIsKeptAsideAndNotRefused() {
        long tomorrow = System.currentTimeMillis() + 25 * 3_600_000L;

        JsonObject answer =
                json(
                        instance.post(
                                "/api/v1/heartbeat", Beats.beat("wlv_a", tomorrow, 1).encode()),
                        202);

        assertThat(answer.getString("reason")).isEqualTo("future_timestamp");
        assertThat(answer.getBoolean("accepted")).isFalse();
    }

    @Test
    void aBodyThatIsNotJsonIsRefused() {
        assertThat(json(instance.post("/api/v1/heartbeat", "{nope"), 400).getString("error"))
                .isNotBlank();
        assertThat(instance.post("/api/v1/heartbeat", "").statusCode()).isEqualTo(400);
    }

    @Test
    void onlyKeysOfRoleIngestWriteHeartbeats() {
        String beat = Beats.beat("wlv_b", System.currentTimeMillis(), 1).encode();

        assertThat(anybody.post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(401);
        assertThat(anybody.withKey("wlvk_nonsense").post("/api/v1/heartbeat", beat).statusCode())
                .isEqualTo(401);
        assertThat(json(viewer.post("/api/v1/heartbeat", beat), 403).getString("error"))
                .isEqualTo(
                        "a key with the role viewer may not write heartbeats (expected: ingest)");
        assertThat(admin.post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(403);
        ApiClient.Person owner = owner();
        assertThat(owner.changing().post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(401);
    }

    @Test
    void keysOfRoleIngestReadNothing() {
        for (String path :
                List.of(
                        "/api/v1/servers",
                        "/api/v1/servers/x",
                        "/api/v1/servers/x/heartbeats",
                        "/api/v1/connection",
                        "/api/v1/keys",
                        "/api/v1/quarantine",
                        "/api/v1/quarantine/1",
                        "/metrics")) {
            assertThat(instance.get(path).statusCode()).as(path).isEqualTo(403);
        }
    }

    @Test
    void gzipIsUnpackedWithinBounds() throws IOException {
        String beat = Beats.beat("wlv_gzip", System.currentTimeMillis(), 7).encode();

        assertThat(gzipped(beat.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(200);
        assertThat(gzipped(new byte[10 * 1024 * 1024]).statusCode()).isEqualTo(413);
        HttpResponse<String> notGzip =
                instance.with("Content-Encoding", "gzip").post("/api/v1/heartbeat", beat);
        assertThat(notGzip.statusCode()).isEqualTo(400);
        HttpResponse<String> brotli =
                instance.with("Content-Encoding", "br").post("/api/v1/heartbeat", beat);
        assertThat(brotli.statusCode()).isEqualTo(415);
    }

    @Test
    void aBodyOverOneMebibyteIsTooLarge() {
        String padding = "x".repeat(2 * 1024 * 1024);
        String beat = new JsonObject().put("padding", padding).encode();

        assertThat(instance.post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(413);
        HttpResponse<String> chunked =
                instance.send(
                        "POST",
                        "/api/v1/heartbeat",
                        HttpRequest.BodyPublishers.fromPublisher(
                                HttpRequest.BodyPublishers.ofString(beat)));
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void theFleetIsFilteredSortedAndPaged() {
        long now = System.currentTimeMillis();
        post(Beats.beat("wlv_page_1", now, 10));
        post(Beats.beat("wlv_page_2", now, 30));
        JsonObject degraded = Beats.beat("wlv_page_3", now, 20);
        degraded.getJsonObject("routes").put("unhealthy", 2).put("healthy", 6);
        post(degraded);
        awaitServer("wlv_page_1");
        awaitServer("wlv_page_2");
        awaitServer("wlv_page_3");

        JsonObject page =
                json(viewer.get("/api/v1/servers?q=wlv_PAGE&sort=memory&order=desc"), 200);
        assertThat(ids(page)).containsExactly("wlv_page_2", "wlv_page_3", "wlv_page_1");
        assertThat(page.getInteger("total")).isEqualTo(3);
        assertThat(page.getLong("sequence")).isPositive();

        JsonObject worst = json(viewer.get("/api/v1/servers?status=degraded,down&q=wlv_page"), 200);
        assertThat(ids(worst)).containsExactly("wlv_page_3");
        assertThat(worst.getJsonObject("counts").getInteger("healthy")).isGreaterThanOrEqualTo(2);
        assertThat(worst.getJsonArray("servers").getJsonObject(0).getString("reason"))
                .isEqualTo("2 of 8 routes failing");

        JsonObject second =
                json(viewer.get("/api/v1/servers?q=wlv_page&sort=name&limit=2&offset=2"), 200);
        assertThat(ids(second)).containsExactly("wlv_page_3");
        assertThat(second.getInteger("page")).isEqualTo(2);
    }

    @Test
    void aWrongParameterIsNamedWithWhatWasExpected() {
        Map<String, String> expected =
                Map.of(
                        "limit=0", "limit: 0 (expected: 1 to 1000)",
                        "limit=1e3", "limit: 1e3 (expected: 1 to 1000)",
                        "offset=10001",
                                "offset: 10001 (expected: 0 to 10000 with sort=status; use nextCursor)",
                        "status=up",
                                "status: up (expected: some of down, degraded, unknown, healthy)",
                        "order=up", "order: up (expected: one of asc, desc)");
        expected.forEach((query, detail) ->
                assertThat(json(viewer.get("/api/v1/servers?" + query), 400).getString("detail"))
                        .isEqualTo(detail));
        assertThat(json(viewer.get("/api/v1/servers?sort=colour"), 400).getString("detail"))
                .startsWith("sort: colour (expected: one of status, name");
    }

    @Test
    void theSeriesIsBucketedByClientTime() {
        String id = "wlv_series";
        Instant base =
                Instant.ofEpochMilli(System.currentTimeMillis() / 300_000 * 300_000)
                        .minusSeconds(3600);
        post(Beats.beat(id, base.toEpochMilli(), 100));
        post(Beats.beat(id, base.plusSeconds(60).toEpochMilli(), 200));
        post(Beats.beat(id, base.plusSeconds(900).toEpochMilli(), 300));
        awaitServer(id);

        JsonObject series =
                json(
                        viewer.get(
                                "/api/v1/servers/"
                                        + id
                                        + "/heartbeats?interval=5m&from="
                                        + base
                                        + "&to="
                                        + base.plusSeconds(1800).toEpochMilli()),
                        200);

        assertThat(series.getInteger("intervalSeconds")).isEqualTo(300);
        JsonArray points = series.getJsonArray("points");
        assertThat(points).hasSize(2);
        JsonObject first = points.getJsonObject(0);
        assertThat(first.getInteger("beats")).isEqualTo(2);
        assertThat(first.getJsonObject("memoryMb").getInteger("min")).isEqualTo(100);
        assertThat(first.getJsonObject("memoryMb").getDouble("avg")).isEqualTo(150.0);
        assertThat(first.getJsonObject("memoryMb").getInteger("max")).isEqualTo(200);

        JsonObject byDefault = json(viewer.get("/api/v1/servers/" + id + "/heartbeats"), 200);
        assertThat(byDefault.getInteger("intervalSeconds")).isEqualTo(300);
        assertThat(byDefault.getJsonArray("points")).hasSize(2);
    }

    @Test
    void aSeriesQuestionThatMakesTooManyPointsIsRefused() {
        String path = "/api/v1/servers/any/heartbeats";

        assertThat(viewer.get(path + "?interval=30s").statusCode()).isEqualTo(400);
        assertThat(
                        viewer.get(path + "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
                                .statusCode())
                .isEqualTo(400);
        assertThat(viewer.get(path + "?from=yesterday").statusCode()).isEqualTo(400);
        assertThat(viewer.get(path + "?from=99999999999999999").statusCode()).isEqualTo(400);
        assertThat(viewer.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void anotherOrganisationsServerIsAsUnknownAsAnyOther() {
        String key = platform.key(platform.newOrganisation("others"), Role.VIEWER);
        ApiClient stranger = anybody.withKey(key);
        post(Beats.beat("wlv_ours", System.currentTimeMillis(), 1));
        awaitServer("wlv_ours");

        assertThat(json(stranger.get("/api/v1/servers"), 200).getInteger("total")).isZero();
        HttpResponse<String> ours = stranger.get("/api/v1/servers/wlv_ours");
        HttpResponse<String> nobodys = stranger.get("/api/v1/servers/wlv_nobodys");
        assertThat(ours.statusCode()).isEqualTo(404);
        assertThat(ours.body()).isEqualTo(nobodys.body());
        assertThat(stranger.get("/api/v1/servers/wlv_ours/heartbeats").statusCode()).isEqualTo(404);
    }

    @Test
    void serverIdsThatNobodyCanHaveAreNotFound() {
        for (String id : List.of("%00", "%ff%fe", "a%2Fb", "%F0%9F%90%BA", "x".repeat(500))) {
            assertThat(viewer.get("/api/v1/servers/" + id).statusCode()).as(id).isIn(400, 404);
            assertThat(viewer.get("/api/v1/servers/" + id + "/heartbeats").statusCode())
                    .as(id)
                    .isIn(400, 404);
        }
    }

    @Test
    void theDescriptionIsShownOnAPageThatKeepsToTheRulesForPages() {
        String page = anybody.get("/api/docs").body();
        assertThat(page).contains("/api/docs/page.js", "/api/docs/page.css");
        assertThat(page).doesNotContain("onclick", "style=", "http:", "https:");
        assertThat(anybody.get("/api/docs/page.js").body())
                .doesNotContain("innerHTML", "eval(", "https:");
        assertThat(anybody.get("/api/docs/page.css").statusCode()).isEqualTo(200);
        HttpResponse<String> description = anybody.get("/api/v1/openapi.json");
        assertThat(json(description, 200).getJsonObject("paths").fieldNames())
                .contains("/api/v1/servers");
        assertThat(
                        anybody.with(
                                        "If-None-Match",
                                        description.headers().firstValue("etag").orElseThrow())
                                .get("/api/v1/openapi.json")
                                .statusCode())
                .isEqualTo(304);
    }

    @Test
    void theFirstPageLearnsWhereToConnect() {
        JsonObject connection = json(viewer.get("/api/v1/connection"), 200);

        assertThat(connection.getInteger("grpcPort")).isEqualTo(9090);
        assertThat(connection.getBoolean("heartbeats"))
                .isEqualTo(connection.getInteger("servers") > 0);
    }

    @Test
    void keysAreMadeShownOnceAndRevoked() {
        JsonObject created =
                json(admin.post("/api/v1/keys", "{\"name\":\"ci\",\"role\":\"viewer\"}"), 201);
        ApiClient made = anybody.withKey(created.getString("key"));
        assertThat(made.get("/api/v1/servers").statusCode()).isEqualTo(200);
        assertThat(created.getString("key")).endsWith(created.getString("lastFour"));

        JsonObject listed = find(json(admin.get("/api/v1/keys"), 200), created.getString("id"));
        assertThat(listed.containsKey("key")).isFalse();
        assertThat(listed.getString("createdBy")).startsWith("key:");

        String path = "/api/v1/keys/" + created.getString("id");
        assertThat(admin.delete(path).statusCode()).isEqualTo(204);
        assertThat(made.get("/api/v1/servers").statusCode()).isEqualTo(401);
        assertThat(admin.delete(path).statusCode()).isEqualTo(404);
        assertThat(
                        find(json(admin.get("/api/v1/keys"), 200), created.getString("id"))
                                .getString("revokedAt"))
                .isNotNull();
    }

    @Test
    void aKeyIsRotatedWithAnOverlapAndThenWithout() {
        JsonObject first =
                json(
                        admin.post(
                                "/api/v1/keys",
                                "{\"name\":\"r\",\"role\":\"viewer\",\"expiresInSeconds\":3600}"),
                        201);
        JsonObject second = json(admin.post(rotate(first), "{\"overlapSeconds\":120}"), 201);
        assertThat(second.getString("replaces")).isEqualTo(first.getString("id"));
        assertThat(second.getString("name")).isEqualTo("r");
        assertThat(second.getString("role")).isEqualTo("viewer");
        assertThat(Instant.parse(second.getString("expiresAt")))
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_600));
        assertThat(servers(first)).isEqualTo(200);
        assertThat(servers(second)).isEqualTo(200);
        JsonObject old = find(json(admin.get("/api/v1/keys"), 200), first.getString("id"));
        assertThat(Instant.parse(old.getString("expiresAt")))
                .isBetween(Instant.now().plusSeconds(60), Instant.now().plusSeconds(120));

        JsonObject third = json(admin.post(rotate(second), "{\"overlapSeconds\":0}"), 201);
        assertThat(servers(second)).isEqualTo(401);
        assertThat(servers(third)).isEqualTo(200);
        assertThat(admin.post(rotate(second), "{}").statusCode()).isEqualTo(404);
        assertThat(
                        json(admin.post(rotate(third), "{\"overlapSeconds\":5}"), 400)
                                .getString("detail"))
                .isEqualTo("overlapSeconds: 5 (expected: 0, or 60 to 604800)");
        assertThat(viewer.post(rotate(third), "{}").statusCode()).isEqualTo(403);
    }

    private static String rotate(JsonObject key) {
        return "/api/v1/keys/" + key.getString("id") + "/rotate";
    }

    private static int servers(JsonObject key) {
        return anybody.withKey(key.getString("key")).get("/api/v1/servers").statusCode();
    }

    @Test
    void anotherOrganisationsKeyCanNeitherBeRotatedNorSplit() {
        ApiClient stranger =
                anybody.withKey(platform.key(platform.newOrganisation("keyless"), Role.ADMIN));
        JsonObject ours =
                json(
                        admin.post(
                                "/api/v1/keys",
                                "{\"name\":\"o\",\"role\":\"ingest\",\"instanceId\":\"wlv_o\"}"),
                        201);
        String path = "/api/v1/keys/" + ours.getString("id");
        String split = "{\"instanceId\":\"wlv_theirs\"}";
        assertThat(stranger.post(path + "/rotate", "{}").body())
                .isEqualTo(stranger.post("/api/v1/keys/abcdefghij/rotate", "{}").body());
        assertThat(stranger.post(path + "/split", split).statusCode()).isEqualTo(404);
        assertThat(stranger.delete(path).statusCode()).isEqualTo(404);
    }

    @Test
    void aKeyCanBeBoundToOneInstance() {
        JsonObject created =
                json(
                        admin.post(
                                "/api/v1/keys",
                                "{\"name\":\"one\",\"role\":\"ingest\",\"instanceId\":\"wlv_bound\"}"),
                        201);
        assertThat(created.getString("key")).startsWith("wlvk_i");

        anybody.withKey(created.getString("key"))
                .post(
                        "/api/v1/heartbeat",
                        Beats.beat("wlv_else", System.currentTimeMillis(), 5).encode());

        assertThat(awaitServer("wlv_bound").getInteger("memoryMb")).isEqualTo(5);
        assertThat(viewer.get("/api/v1/servers/wlv_else").statusCode()).isEqualTo(404);
    }

    @Test
    void anInstanceEnrolsByAUrlAndWritesAsItselfOnly() {
        JsonObject token = token("{\"name\":\"docks\"}");
        String url = token.getString("path");
        String register = "{\"instanceId\":\"wlv_url\",\"name\":\"dock\",\"version\":\"9\"}";

        JsonObject first = json(anybody.post(url + "/api/v1/register", register), 200);
        assertThat(first.getString("key")).startsWith("wlvk_i").hasSizeGreaterThan(10);
        ApiClient enrolled = anybody.withKey(first.getString("key"));
        String beat = Beats.beat("wlv_somebody", System.currentTimeMillis(), 9).encode();
        assertThat(enrolled.post(url + "//api/v1/heartbeat", beat).statusCode()).isEqualTo(200);
        assertThat(awaitServer("wlv_url").getInteger("memoryMb")).isEqualTo(9);
        assertThat(viewer.get("/api/v1/servers/wlv_somebody").statusCode()).isEqualTo(404);
        assertThat(anybody.post(url + "/api/v1/heartbeat", beat).statusCode()).isEqualTo(401);
        assertThat(enrolled.get("/api/v1/servers").statusCode()).isEqualTo(403);

        JsonObject again = json(anybody.post(url + "//api/v1/register", register), 200);
        assertThat(again.getString("key")).isNotEqualTo(first.getString("key"));
        assertThat(enrolled.post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(200);

        JsonObject listed =
                json(admin.get("/api/v1/enrolment/tokens"), 200)
                        .getJsonArray("tokens")
                        .getJsonObject(0);
        assertThat(listed.getInteger("instances")).isEqualTo(1);
        assertThat(listed.containsKey("path")).isFalse();
        assertThat(admin.delete("/api/v1/keys/" + token.getString("id")).statusCode())
                .isEqualTo(204);
        assertThat(json(anybody.post(url + "/api/v1/register", register), 403).getString("reason"))
                .isEqualTo("bad_token");
        assertThat(enrolled.post(url + "/api/v1/heartbeat", beat).statusCode()).isEqualTo(200);
    }

    @Test
    void theTokenOfAnEnrolmentUrlIsNoCredential() {
        String token = token("{\"name\":\"n\"}").getString("path").substring("/e/".length());
        String beat = Beats.beat("wlv_t", System.currentTimeMillis(), 1).encode();
        ApiClient bearer = anybody.withKey(token);

        assertThat(bearer.post("/api/v1/heartbeat", beat).statusCode()).isEqualTo(401);
        assertThat(bearer.get("/api/v1/servers").statusCode()).isEqualTo(401);
    }

    @Test
    void anEnrolmentUrlLetsInAsManyInstancesAsItSays() {
        String url = token("{\"name\":\"n\",\"maxInstances\":2}").getString("path");
        String path = url + "/api/v1/register";

        assertThat(anybody.post(path, "{\"instanceId\":\"wlv_1\"}").statusCode()).isEqualTo(200);
        assertThat(anybody.post(path, "{\"instanceId\":\"wlv_2\"}").statusCode()).isEqualTo(200);
        assertThat(anybody.post(path, "{\"instanceId\":\"wlv_1\"}").statusCode()).isEqualTo(200);
        assertThat(json(anybody.post(path, "{\"instanceId\":\"wlv_3\"}"), 403).getString("reason"))
                .isEqualTo("instance_limit");
        assertThat(
                        json(
                                        admin.post(
                                                "/api/v1/enrolment/tokens",
                                                "{\"name\":\"n\",\"maxInstances\":0}"),
                                        400)
                                .getString("detail"))
                .isEqualTo("maxInstances: 0 (expected: 1 to 100000)");
    }

    @Test
    void anInstanceWaitsInThePairingWindowUntilAPersonApprovesIt() {
        String register = "{\"instanceId\":\"wlv_pair\",\"name\":\"  bench \\u0000 3 \"}";
        assertThat(json(anybody.post("/api/v1/register", register), 403).getString("reason"))
                .isEqualTo("closed");
        assertThat(json(admin.get("/api/v1/enrolment/window"), 200).getBoolean("open")).isFalse();
        JsonObject window = json(admin.post("/api/v1/enrolment/window", "{\"minutes\":5}"), 200);
        assertThat(window.getBoolean("open")).isTrue();
        assertThat(json(admin.get("/api/v1/enrolment/window"), 200)).isEqualTo(window);

        JsonObject waiting = json(anybody.post("/api/v1/register", register), 202);
        assertThat(waiting.getString("error")).isEqualTo("pending_approval");
        assertThat(
                        anybody.with("X-Forwarded-For", "1.2.3.4")
                                .post("/api/v1/register", register)
                                .statusCode())
                .isEqualTo(403);
        JsonObject pending = pending("wlv_pair");
        assertThat(pending.getString("name")).isEqualTo("bench  3");
        assertThat(pending.getString("address")).isEqualTo("127.0.0.1");
        assertThat(pending.getString("state")).isEqualTo("pending");
        ApiClient stranger =
                anybody.withKey(platform.key(platform.newOrganisation("pairless"), Role.ADMIN));
        String approve = "/api/v1/enrolment/pending/" + pending.getString("id") + "/approve";
        assertThat(stranger.post(approve).statusCode()).isEqualTo(404);
        assertThat(stranger.post("/api/v1/enrolment/window").statusCode()).isEqualTo(409);
        assertThat(operator.post(approve).statusCode()).isEqualTo(403);
        assertThat(admin.post(approve).statusCode()).isEqualTo(204);
        assertThat(admin.post(approve).statusCode()).isEqualTo(404);
        assertThat(pending("wlv_pair").getString("state")).isEqualTo("approved");

        String key = json(anybody.post("/api/v1/register", register), 200).getString("key");
        assertThat(
                        anybody.withKey(key)
                                .post(
                                        "/api/v1/heartbeat",
                                        Beats.beat("x", System.currentTimeMillis(), 4).encode())
                                .statusCode())
                .isEqualTo(200);
        assertThat(awaitServer("wlv_pair").getInteger("memoryMb")).isEqualTo(4);

        assertThat(anybody.post("/api/v1/register", register).statusCode()).isEqualTo(202);
        JsonObject again = pending("wlv_pair");
        assertThat(again.getString("knownSince")).isNotNull();
        String reject = "/api/v1/enrolment/pending/" + again.getString("id") + "/reject";
        assertThat(admin.post(reject).statusCode()).isEqualTo(204);
        assertThat(json(anybody.post("/api/v1/register", register), 403).getString("reason"))
                .isEqualTo("rejected");
        assertThat(admin.delete("/api/v1/enrolment/window").statusCode()).isEqualTo(204);
        assertThat(admin.delete("/api/v1/enrolment/window").statusCode()).isEqualTo(404);
        assertThat(anybody.post("/api/v1/register", "{\"instanceId\":\"wlv_late\"}").statusCode())
                .isEqualTo(403);
    }

    @Test
    void anInstanceIdThatTwoRunnersShareIsShownAndSplit() {
        String url = token("{\"name\":\"n\"}").getString("path");
        String register = "{\"instanceId\":\"wlv_shared\"}";
        JsonObject one = json(anybody.post(url + "/api/v1/register", register), 200);
        JsonObject two = json(anybody.post(url + "/api/v1/register", register), 200);
        long now = System.currentTimeMillis();
        for (int minute = 10; minute > 0; minute--) {
            JsonObject beat = Beats.beat("wlv_shared", now - minute * 60_000L, 1);
            beat.getJsonObject("server").put("uptime", 100_000 - minute * 60);
            anybody.withKey(one.getString("key")).post("/api/v1/heartbeat", beat.encode());
            JsonObject other = Beats.beat("wlv_shared", now - minute * 60_000L + 20_000, 2);
            other.getJsonObject("server").put("uptime", 5_000 - minute * 60);
            anybody.withKey(two.getString("key")).post("/api/v1/heartbeat", other.encode());
        }
        platform.execute("UPDATE keys SET last_used_at = now() WHERE instance_id = 'wlv_shared'");
        JsonObject collision =
                await().until(
                                () ->
                                        json(admin.get("/api/v1/collisions"), 200)
                                                .getJsonArray("collisions")
                                                .stream()
                                                .map(JsonObject.class::cast)
                                                .filter(each ->
                                                        each.getString("instanceId")
                                                                .equals("wlv_shared"))
                                                .findFirst(),
                                java.util.Optional::isPresent)
                        .orElseThrow();
        assertThat(collision.getInteger("runners")).isEqualTo(2);
        assertThat(collision.getJsonArray("keyIds")).hasSize(2);
        assertThat(collision.getString("wayOut")).contains("split");

        String path = "/api/v1/keys/" + collision.getJsonArray("keyIds").getString(1) + "/split";
        assertThat(admin.post(path, "{\"instanceId\":\"wlv_shared\"}").statusCode()).isEqualTo(409);
        assertThat(admin.post(path, "{}").statusCode()).isEqualTo(400);
        assertThat(admin.post(path, "{\"instanceId\":\"wlv_apart\"}").statusCode()).isEqualTo(204);
        JsonObject beat = Beats.beat("wlv_shared", now + 1_000, 2);
        assertThat(
                        anybody.withKey(two.getString("key"))
                                .post("/api/v1/heartbeat", beat.encode())
                                .statusCode())
                .isEqualTo(200);
        assertThat(awaitServer("wlv_apart").getInteger("memoryMb")).isEqualTo(2);
    }

    private static JsonObject token(String wish) {
        JsonObject created = json(admin.post("/api/v1/enrolment/tokens", wish), 201);
        assertThat(created.getString("path")).startsWith("/e/wlvk_e");
        return created;
    }

    private static JsonObject pending(String instanceId) {
        return json(admin.get("/api/v1/enrolment/pending"), 200).getJsonArray("pending").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("instanceId").equals(instanceId))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyOwnersAndAdminsManageKeys() {
        String wish = "{\"name\":\"x\",\"role\":\"viewer\"}";
        for (Role role : List.of(Role.OPERATOR, Role.VIEWER, Role.AUDITOR, Role.INGEST)) {
            ApiClient other = anybody.withKey(platform.key(role));
            assertThat(other.get("/api/v1/keys").statusCode()).as(role.label()).isEqualTo(403);
            assertThat(other.post("/api/v1/keys", wish).statusCode()).isEqualTo(403);
            assertThat(other.delete("/api/v1/keys/abcdefghij").statusCode()).isEqualTo(403);
        }
        assertThat(anybody.post("/api/v1/keys", wish).statusCode()).isEqualTo(401);
    }

    @Test
    void aWrongWishForAKeyIsExplained() {
        Map<String, String> expected =
                Map.of(
                        "{\"name\":\"x\"}",
                                "role: missing (expected: ingest, viewer, operator or admin)",
                        "{\"name\":\"x\",\"role\":\"owner\"}",
                                "role: unknown (expected: ingest, viewer, operator or admin)",
                        "{\"role\":\"viewer\"}", "name: not usable (expected: 1 to 128 characters)",
                        "{\"name\":\"x\",\"role\":\"viewer\",\"instanceId\":\"a\"}",
                                "instanceId: given (expected: none with role viewer)",
                        "{\"name\":\"x\",\"role\":\"viewer\",\"admin\":true}",
                                "admin: unknown (expected: expiresInSeconds, instanceId, name, role)",
                        "[]", "body: of the wrong type",
                        "{\"name\":", "body: not JSON (expected: a JSON object)",
                        "{\"name\":\"a\\u0000\",\"role\":\"viewer\"}",
                                "name: not usable (expected: 1 to 128 characters)",
                        "null", "body: null (expected: a JSON object)");
        expected.forEach((body, detail) ->
                assertThat(json(admin.post("/api/v1/keys", body), 400).getString("detail"))
                        .as(body)
                        .isEqualTo(detail));
        HttpResponse<String> form =
                admin.with("Content-Type", "application/x-www-form-urlencoded")
                        .send("POST", "/api/v1/keys", HttpRequest.BodyPublishers.ofString("a=b"));
        assertThat(form.statusCode()).isEqualTo(415);
    }

    @Test
    void everybodyWhoReadsSeesWhatIsInQuarantineButNotItsBodies() {
        JsonObject first = quarantine("{\"instanceId\":\"wlv_listed\",\"password\":\"hunter2\"}");
        JsonObject second = quarantine("{\"instanceId\":\"wlv_listed\",\"timestamp\":-1}");

        assertThat(second.getString("reason")).isEqualTo("invalid_timestamp");
        assertThat(second.getString("detail")).contains("-1");
        assertThat(second.getBoolean("replayable")).isTrue();
        assertThat(first.encode()).doesNotContain("hunter2");
        assertThat(bodies("instance=wlv_listed&reason=missing_timestamp"))
                .extracting(body -> body.getLong("id"))
                .containsExactly(first.getLong("id"));
        JsonObject page = json(viewer.get("/api/v1/quarantine?instance=wlv_listed&limit=1"), 200);
        assertThat(page.getJsonArray("bodies").getJsonObject(0)).isEqualTo(second);
        JsonObject next =
                json(
                        viewer.get(
                                "/api/v1/quarantine?instance=wlv_listed&limit=1&cursor="
                                        + page.getString("nextCursor")),
                        200);
        assertThat(next.getJsonArray("bodies").getJsonObject(0)).isEqualTo(first);
        assertThat(next.getString("nextCursor")).isNull();

        for (String path : List.of("", "/replay")) {
            String one = "/api/v1/quarantine/" + first.getLong("id") + path;
            HttpResponse<String> answer = path.isEmpty() ? viewer.get(one) : viewer.post(one, "{}");
            assertThat(answer.statusCode()).as(one).isEqualTo(403);
        }
        assertThat(viewer.delete("/api/v1/quarantine/" + first.getLong("id")).statusCode())
                .isEqualTo(403);
        assertThat(
                        viewer.post("/api/v1/quarantine/replay", "{\"reason\":\"too_old\"}")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aWrongQuestionForTheQuarantineIsExplained() {
        assertThat(json(viewer.get("/api/v1/quarantine?reason=odd"), 400).getString("detail"))
                .startsWith("reason: odd (expected: one of not_an_object, missing_instance_id");
        assertThat(json(viewer.get("/api/v1/quarantine?cursor=x"), 400).getString("detail"))
                .isEqualTo("cursor: x (expected: nextCursor of the page before)");
        assertThat(viewer.get("/api/v1/quarantine?instance=%00").statusCode()).isEqualTo(400);
        assertThat(operator.post("/api/v1/quarantine/replay", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aBodyIsShownAsItWasSentAndDropped() {
        String sent = "{\"instanceId\":\"wlv_shown\", \"text\":\"h\u00e9\"}";
        long id = quarantine(sent).getLong("id");
        String path = "/api/v1/quarantine/" + id;

        JsonObject shown = json(operator.get(path), 200);
        assertThat(shown.getString("encoding")).isEqualTo("text");
        assertThat(shown.getString("body")).isEqualTo(sent);
        assertThat(shown.getInteger("bytes"))
                .isEqualTo(sent.getBytes(StandardCharsets.UTF_8).length);

        assertThat(operator.delete(path).statusCode()).isEqualTo(204);
        assertThat(operator.delete(path).statusCode()).isEqualTo(404);
        assertThat(operator.get(path).statusCode()).isEqualTo(404);
        assertThat(operator.get("/api/v1/quarantine/nonsense").statusCode()).isEqualTo(404);
    }

    @Test
    void bytesThatAreNoTextAreShownInBase64() {
        platform.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail,"
                        + " content_type, body_hash, body) SELECT org_id, 'wlv_bytes', now(), 'too_old', '',"
                        + " 'application/x-protobuf', 'x', '\\xff00' FROM keys LIMIT 1");
        long id = bodies("instance=wlv_bytes").getFirst().getLong("id");

        JsonObject shown = json(operator.get("/api/v1/quarantine/" + id), 200);

        assertThat(shown.getString("encoding")).isEqualTo("base64");
        assertThat(shown.getString("body")).isEqualTo("/wA=");
    }

    @Test
    void aBodyThatNamesNoInstanceIsStoredOnceSomebodyDoes() {
        long timestamp = System.currentTimeMillis();
        JsonObject beat = Beats.beat("", timestamp, 77);
        long id = quarantine(beat.encode()).getLong("id");
        String path = "/api/v1/quarantine/" + id + "/replay";

        JsonObject kept =
                json(operator.send("POST", path, HttpRequest.BodyPublishers.noBody()), 200);
        assertThat(kept.getBoolean("stored")).isFalse();
        assertThat(kept.getString("reason")).isEqualTo("missing_instance_id");
        JsonObject wrong = json(operator.post(path, "{\"instanceId\":\"a b\"}"), 200);
        assertThat(wrong.getString("reason")).isEqualTo("invalid_instance_id");
        assertThat(operator.get("/api/v1/quarantine/" + id).statusCode()).isEqualTo(200);

        JsonObject stored = json(operator.post(path, "{\"instanceId\":\"wlv_named\"}"), 200);
        assertThat(stored.getBoolean("stored")).isTrue();
        assertThat(stored.getBoolean("duplicate")).isFalse();
        assertThat(awaitServer("wlv_named").getInteger("memoryMb")).isEqualTo(77);
        assertThat(operator.get("/api/v1/quarantine/" + id).statusCode()).isEqualTo(404);
        assertThat(operator.post(path, "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void aReplayIsJudgedAsOfWhenItsBodyCameAndStaysIfItMustNotBeStored() {
        long tomorrow = System.currentTimeMillis() + 25 * 3_600_000L;
        JsonObject kept = quarantine(Beats.beat("wlv_tomorrow", tomorrow, 1).encode());
        String path = "/api/v1/quarantine/" + kept.getLong("id") + "/replay";

        assertThat(json(operator.post(path, "{}"), 200).getString("reason"))
                .isEqualTo("future_timestamp");
        assertThat(bodies("instance=wlv_tomorrow")).containsExactly(kept);
        assertThat(json(operator.post(path, "{\"instanceId\":\"wlv_x\"}"), 400).getString("detail"))
                .startsWith("instanceId: given (expected: none, unless the reason is");
        platform.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail,"
                        + " content_type, body_hash, body) SELECT org_id, instance_id,"
                        + " received_at + interval '2 h', reason, detail, content_type, 'x', body"
                        + " FROM heartbeat_quarantine WHERE id = "
                        + kept.getLong("id"));
        long later = bodies("instance=wlv_tomorrow").getFirst().getLong("id");
        assertThat(
                        json(operator.post("/api/v1/quarantine/" + later + "/replay", "{}"), 200)
                                .getBoolean("stored"))
                .isTrue();
        platform.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail,"
                        + " content_type, body_hash, body) SELECT org_id, 'wlv_again', ts, 'too_old', '',"
                        + " 'application/json', 'x', convert_to('{\"instanceId\":\"wlv_again\",\"timestamp\":'"
                        + " || (extract(epoch FROM ts) * 1000)::bigint || '}', 'UTF8')"
                        + " FROM keys, (SELECT now() AS ts) t LIMIT 1");
        long again = bodies("instance=wlv_again").getFirst().getLong("id");
        String body = json(operator.get("/api/v1/quarantine/" + again), 200).getString("body");
        assertThat(instance.post("/api/v1/heartbeat", body).statusCode()).isEqualTo(200);
        assertThat(
                        json(operator.post("/api/v1/quarantine/" + again + "/replay", "{}"), 200)
                                .getBoolean("duplicate"))
                .isTrue();
    }

    @Test
    void whatIsNotAllOfWhatWasSentCannotBeReplayed() {
        long timestamp = System.currentTimeMillis();
        post(Beats.beat("wlv_conflict", timestamp, 1));
        post(Beats.beat("wlv_conflict", timestamp, 2));
        JsonObject conflict = bodies("instance=wlv_conflict").getFirst();
        JsonObject cut =
                quarantine(
                        new JsonObject()
                                .put("instanceId", "wlv_cut")
                                .put("padding", List.of("x".repeat(60_000), "x".repeat(60_000)))
                                .encode());

        assertThat(conflict.getBoolean("replayable")).isFalse();
        assertThat(replayProblem(conflict)).startsWith("a conflict cannot be replayed");
        assertThat(cut.getBoolean("replayable")).isFalse();
        assertThat(replayProblem(cut))
                .startsWith("a body that was cut at 64 KiB cannot be replayed");
    }

    @Test
    void allOfAReasonAreReplayedPageByPage() {
        platform.execute(
                "INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail,"
                        + " content_type, body_hash, body) SELECT org_id, 'wlv_many', ts, 'too_deep', '',"
                        + " 'application/json', decode(md5(n::text), 'hex'),"
                        + " convert_to('{\"timestamp\":' || ((extract(epoch FROM ts) * 1000)::bigint - n)"
                        + " || CASE WHEN n % 100 = 0 THEN '0000' ELSE '' END || '}', 'UTF8')"
                        + " FROM (SELECT org_id, now() AS ts FROM keys LIMIT 1) k, generate_series(1, 1200) n");

        JsonObject first =
                json(operator.post("/api/v1/quarantine/replay", "{\"reason\":\"too_deep\"}"), 200);
        assertThat(first.getInteger("stored")).isEqualTo(990);
        assertThat(first.getInteger("kept")).isEqualTo(10);
        JsonObject second =
                json(
                        operator.post(
                                "/api/v1/quarantine/replay",
                                new JsonObject()
                                        .put("reason", "too_deep")
                                        .put("cursor", first.getString("nextCursor"))
                                        .encode()),
                        200);
        assertThat(second.getInteger("stored")).isEqualTo(198);
        assertThat(second.getInteger("kept")).isEqualTo(2);
        assertThat(second.getString("nextCursor")).isNull();
        assertThat(bodies("reason=too_deep&limit=1000")).hasSize(12);
    }

    @Test
    void anotherOrganisationsQuarantineIsAsUnknownAsAnyOther() {
        JsonObject ours = quarantine("{\"instanceId\":\"wlv_secretive\"}");
        ApiClient stranger =
                anybody.withKey(platform.key(platform.newOrganisation("curious"), Role.OPERATOR));
        String path = "/api/v1/quarantine/" + ours.getLong("id");
        String nobodys = "/api/v1/quarantine/999999999";

        assertThat(json(stranger.get("/api/v1/quarantine"), 200).getJsonArray("bodies")).isEmpty();
        assertThat(stranger.get(path).statusCode()).isEqualTo(404);
        assertThat(stranger.get(path).body()).isEqualTo(stranger.get(nobodys).body());
        assertThat(stranger.post(path + "/replay", "{}").statusCode()).isEqualTo(404);
        assertThat(stranger.delete(path).statusCode()).isEqualTo(404);
        assertThat(
                        json(
                                        stranger.post(
                                                "/api/v1/quarantine/replay",
                                                "{\"reason\":\"missing_timestamp\"}"),
                                        200)
                                .getInteger("kept"))
                .isZero();
        assertThat(operator.get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsChangedIsInTheAuditLog() {
        JsonObject created =
                json(admin.post("/api/v1/keys", "{\"name\":\"=1+1\",\"role\":\"viewer\"}"), 201);
        String id = created.getString("id");
        admin.delete("/api/v1/keys/" + id);
        ApiClient auditor = anybody.withKey(platform.key(Role.AUDITOR));

        JsonObject page = json(auditor.get("/api/v1/audit?limit=500"), 200);
        List<JsonObject> ours =
                page.getJsonArray("records").stream()
                        .map(JsonObject.class::cast)
                        .filter(record -> record.getString("target").equals(id))
                        .toList();
        assertThat(ours)
                .extracting(record -> record.getString("action"))
                .containsExactly("key.revoke", "key.create");
        assertThat(ours.getLast().getString("subject")).startsWith("key:");
        assertThat(ours.getLast().getJsonObject("detail").getString("name")).isEqualTo("=1+1");

        JsonObject first = json(auditor.get("/api/v1/audit?limit=1"), 200);
        JsonObject second =
                json(
                        auditor.get(
                                "/api/v1/audit?limit=1&cursor=" + first.getString("nextCursor")),
                        200);
        assertThat(sequence(second)).isEqualTo(sequence(first) - 1);

        String lines = auditor.get("/api/v1/audit/export").body();
        assertThat(lines.lines().map(line -> new JsonObject(line).getInteger("sequence")))
                .startsWith(1, 2, 3)
                .hasSize((int) auditor.get("/api/v1/audit/export").body().lines().count());
        assertThat(lines).contains(id).doesNotContain(created.getString("key"));
        assertThat(auditor.get("/api/v1/audit/export?format=csv").body())
                .startsWith("sequence,at,subject,action,target,detail,previousHash,hash\r\n")
                .contains("\"" + id + "\"");
        assertThat(auditor.get("/api/v1/audit/export?format=xml").statusCode()).isEqualTo(400);
        assertThat(viewer.get("/api/v1/audit").statusCode()).isEqualTo(403);
        assertThat(operator.get("/api/v1/audit/export").statusCode()).isEqualTo(403);
        assertThat(anybody.get("/api/v1/audit").statusCode()).isEqualTo(401);
        assertThat(new AuditLog(platform.database().writer()).verify(platform.organisation()))
                .isInstanceOf(AuditVerdict.Intact.class);
    }

    private static int sequence(JsonObject page) {
        return page.getJsonArray("records").getJsonObject(0).getInteger("sequence");
    }

    @Test
    void otherBodiesThanHeartbeatsAreSmall() {
        String wish = new JsonObject().put("name", "x".repeat(70_000)).encode();

        HttpResponse<String> answer =
                admin.with("Content-Type", "application/json")
                        .send("POST", "/api/v1/keys", HttpRequest.BodyPublishers.ofString(wish));

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void healthAndReadinessNeedNoCredential() {
        assertThat(json(anybody.get("/health"), 200).getString("status")).isEqualTo("up");
        await().untilAsserted(() -> assertThat(anybody.get("/ready").statusCode()).isEqualTo(200));
        platform.redisIs(false);
        await().until(() -> anybody.get("/ready").statusCode() == 503);
        JsonObject down = json(anybody.get("/ready"), 503);
        platform.redisIs(true);
        assertThat(down.getJsonObject("checks").getString("redis")).isEqualTo("down");
        assertThat(down.getJsonObject("checks").getString("database")).isEqualTo("up");
    }

    @Test
    void storageSaysWhatIsStoredAndForHowLong() {
        JsonObject storage = json(viewer.get("/api/v1/storage"), 200);
        assertThat(storage.getString("layout")).isIn("native", "timescale");
        assertThat(storage.getLong("otherBytes")).isPositive();
        assertThat(storage.getLong("rawKeptDays")).isEqualTo(90);
        assertThat(storage.getLong("freeBytes")).isEqualTo(1L << 40);
        assertThat(storage.getString("outlook")).isEqualTo("unknown");
        assertThat(anybody.get("/api/v1/storage").statusCode()).isEqualTo(200);
        assertThat(
                        anybody.with("X-Forwarded-For", "203.0.113.9")
                                .get("/api/v1/storage")
                                .statusCode())
                .isEqualTo(401);
        assertThat(anybody.get("/metrics").body()).contains("wolverine_storage_free_bytes");
    }

    @Test
    void metricsAnswerThisMachineAndKeysOnly() {
        assertThat(anybody.get("/metrics").body())
                .contains("wolverine_http_requests_seconds_count");
        assertThat(viewer.get("/metrics").statusCode()).isEqualTo(200);
        HttpResponse<String> forwarded =
                anybody.with("X-Forwarded-For", "203.0.113.9").get("/metrics");
        assertThat(forwarded.statusCode()).isEqualTo(401);
    }

    @Test
    void theDescriptionIsServed() {
        assertThat(anybody.get("/api/v1/openapi.yaml").body()).startsWith("openapi: 3.1.0");
    }

    @Test
    void aSocketNeedsAHandshakeAndOurOwnOrigin() {
        assertThat(anybody.get("/ws/live").statusCode()).isEqualTo(400);
        assertThat(anybody.with("Origin", "https://evil.example").get("/ws/live").statusCode())
                .isEqualTo(403);
        assertThat(anybody.withKey("wlvk_nonsense").get("/ws/live").statusCode()).isEqualTo(401);
        assertThat(instance.get("/ws/live").statusCode()).isEqualTo(403);
    }

    @Test
    void unknownPathsAndMethodsAreProblems() {
        assertThat(json(viewer.get("/api/v1/nothing"), 404).getString("type"))
                .isEqualTo("about:blank");
        assertThat(json(viewer.post("/api/v1/nothing", "{}"), 404).getString("title"))
                .isEqualTo("Not Found");
        assertThat(viewer.delete("/api/v1/servers").statusCode()).isEqualTo(405);
        assertThat(viewer.get("/api").statusCode()).isEqualTo(404);
    }

    @Test
    void peopleLogInChangeThingsAndLogOut() {
        ApiClient.Person owner = owner();
        assertThat(
                        json(owner.client().get("/api/v1/session"), 200)
                                .getJsonObject("user")
                                .getString("role"))
                .isEqualTo("owner");
        assertThat(owner.client().get("/api/v1/servers").statusCode()).isEqualTo(200);
        String wish = "{\"name\":\"mine\",\"role\":\"viewer\"}";

        assertThat(owner.client().post("/api/v1/keys", wish).statusCode()).isEqualTo(403);
        ApiClient foreign =
                anybody.with("Cookie", owner.cookie())
                        .with("X-WLV-CSRF", owner.csrf())
                        .with("Sec-Fetch-Site", "cross-site");
        assertThat(foreign.post("/api/v1/keys", wish).statusCode()).isEqualTo(403);
        assertThat(
                        anybody.with("Cookie", owner.cookie())
                                .with("X-WLV-CSRF", owner.csrf())
                                .post("/api/v1/keys", wish)
                                .statusCode())
                .isEqualTo(403);
        assertThat(owner.changing().post("/api/v1/keys", wish).statusCode()).isEqualTo(201);
        ApiClient byOrigin =
                anybody.with("Cookie", owner.cookie())
                        .with("X-WLV-CSRF", owner.csrf())
                        .with("Origin", "http://127.0.0.1:" + platform.port());
        assertThat(byOrigin.post("/api/v1/keys", wish).statusCode()).isEqualTo(201);

        ApiClient.Person again =
                owner.client().logIn(platform.owner().email(), platform.owner().password());
        assertThat(owner.client().get("/api/v1/session").statusCode()).isEqualTo(401);
        owner =
                new ApiClient.Person(
                        anybody.with("Cookie", again.cookie())
                                .with("Sec-Fetch-Site", "same-origin"),
                        again.cookie(),
                        again.csrf());

        assertThat(owner.client().delete("/api/v1/session").statusCode()).isEqualTo(403);
        assertThat(owner.changing().delete("/api/v1/session").statusCode()).isEqualTo(204);
        assertThat(owner.client().get("/api/v1/session").statusCode()).isEqualTo(401);
        assertThat(viewer.get("/api/v1/session").statusCode()).isEqualTo(401);
        assertThat(anybody.delete("/api/v1/session").statusCode()).isEqualTo(401);
    }

    @Test
    void aWrongLoginSaysNothingOfWhatWasWrong() {
        String wrong = login(platform.owner().email(), "wrong");
        String nobody = login("nobody@example.org", "wrong");

        HttpResponse<String> first = anybody.post("/api/v1/session", wrong);
        HttpResponse<String> second = anybody.post("/api/v1/session", nobody);
        assertThat(first.statusCode()).isEqualTo(401);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(anybody.post("/api/v1/session", "{\"email\":\"a@b\"}").statusCode())
                .isEqualTo(400);
        HttpResponse<String> text =
                anybody.with("Content-Type", "text/plain")
                        .send(
                                "POST",
                                "/api/v1/session",
                                HttpRequest.BodyPublishers.ofString(wrong));
        assertThat(text.statusCode()).isEqualTo(415);
        assertThat(
                        anybody.with("Sec-Fetch-Site", "cross-site")
                                .post("/api/v1/session", wrong)
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void guessingIsSlowedDown() {
        String guess = login("victim@example.org", "guess");
        for (int i = 0; i < 5; i++) {
            assertThat(anybody.post("/api/v1/session", guess).statusCode()).isEqualTo(401);
        }

        HttpResponse<String> sixth = anybody.post("/api/v1/session", guess);

        assertThat(sixth.statusCode()).isEqualTo(429);
        assertThat(sixth.headers().firstValueAsLong("retry-after").orElse(0)).isPositive();
    }

    @Test
    void everyAnswerHasTheSecurityHeadersAndNoServerName() {
        for (HttpResponse<String> answer :
                List.of(
                        anybody.get("/"),
                        anybody.get("/nothing.js"),
                        anybody.get("/api/v1/nothing"),
                        anybody.get("/api/v1/servers"),
                        viewer.get("/api/v1/servers"),
                        viewer.delete("/api/v1/servers"),
                        viewer.get("/api/v1/servers?limit=x"),
                        viewer.get("/api/v1/servers?q=" + "x".repeat(5000)),
                        viewer.with("X-Large", "x".repeat(9000)).get("/api/v1/servers"),
                        instance.post("/api/v1/heartbeat", "{nope"),
                        anybody.get("/health"),
                        anybody.get("/%00.js"))) {
            String what = answer.uri() + " " + answer.statusCode();
            assertThat(answer.headers().firstValue("content-security-policy"))
                    .as(what)
                    .hasValueSatisfying(
                            policy -> assertThat(policy).contains("default-src 'none'"));
            assertThat(answer.headers().firstValue("x-content-type-options"))
                    .as(what)
                    .hasValue("nosniff");
            assertThat(answer.headers().firstValue("referrer-policy"))
                    .as(what)
                    .hasValue("no-referrer");
            assertThat(answer.headers().firstValue("cache-control")).as(what).isPresent();
            assertThat(answer.headers().map())
                    .as(what)
                    .doesNotContainKeys("server", "x-powered-by");
        }
        assertThat(viewer.get("/api/v1/servers?q=" + "x".repeat(5000)).statusCode()).isEqualTo(414);
        assertThat(viewer.with("X-Large", "x".repeat(9000)).get("/api/v1/servers").statusCode())
                .isEqualTo(431);
    }

    private static void post(JsonObject beat) {
        assertThat(instance.post("/api/v1/heartbeat", beat.encode()).statusCode()).isEqualTo(200);
    }

    /** Sends what cannot be stored; returns what the quarantine says of it. */
    private static JsonObject quarantine(String body) {
        assertThat(instance.post("/api/v1/heartbeat", body).statusCode()).isEqualTo(202);
        return bodies("limit=1").getFirst();
    }

    private static List<JsonObject> bodies(String query) {
        return json(viewer.get("/api/v1/quarantine?" + query), 200).getJsonArray("bodies").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private static String replayProblem(JsonObject kept) {
        HttpResponse<String> answer =
                operator.post("/api/v1/quarantine/" + kept.getLong("id") + "/replay", "{}");
        return json(answer, 409).getString("detail");
    }

    private static JsonObject awaitServer(String id) {
        await().until(() -> viewer.get("/api/v1/servers/" + id).statusCode() == 200);
        return json(viewer.get("/api/v1/servers/" + id), 200);
    }

    private static HttpResponse<String> gzipped(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return instance.with("Content-Encoding", "gzip")
                .send(
                        "POST",
                        "/api/v1/heartbeat",
                        HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()));
    }

    private static ApiClient.Person owner() {
        return anybody.logIn(platform.owner().email(), platform.owner().password());
    }

    private static String login(String email, String password) {
        return new JsonObject().put("email", email).put("password", password).encode();
    }

    private static JsonObject json(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new JsonObject(answer.body());
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("servers").stream()
                .map(server -> ((JsonObject) server).getString("id"))
                .toList();
    }

    private static JsonObject find(JsonObject list, String id) {
        return list.getJsonArray("keys").stream()
                .map(JsonObject.class::cast)
                .filter(key -> key.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }
}
