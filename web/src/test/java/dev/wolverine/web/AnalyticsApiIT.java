package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Analytics and budgets over HTTP, of beats that came over HTTP. */
class AnalyticsApiIT {

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient viewer;
    private static ApiClient operator;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        contract = new Contract();
        ApiClient anybody = new ApiClient(platform, contract);
        ApiClient instance = anybody.withKey(platform.key(Role.INGEST));
        viewer = anybody.withKey(platform.key(Role.VIEWER));
        operator = anybody.withKey(platform.key(Role.OPERATOR));
        long now = System.currentTimeMillis();
        for (int server = 0; server < 2; server++) {
            for (int beat = 0; beat < 4; beat++) {
                JsonObject body = Beats.beat("wlv_" + server, now - 125_000 + beat * 40_000L, 90);
                body.getJsonObject("server").put("uptime", 1_000 + beat * 40);
                body.put("usage", usage(beat, server));
                body.getJsonObject("repairs").put("total", 3 + beat).put("successes", 2 + beat);
                assertThat(instance.post("/api/v1/heartbeat", body.encode()).statusCode())
                        .isEqualTo(200);
            }
        }
        platform.addUpUsage();
    }

    @AfterAll
    static void everyOperationWasCalled() {
        platform.close();
        Set<String> missing = new TreeSet<>(contract.operations("analytics"));
        missing.removeAll(contract.called());
        assertThat(missing).isEmpty();
    }

    /** Each beat 0.10 dollars more than before of opus and 0.05 of haiku, and 0.01 of nothing. */
    private static JsonObject usage(int beat, int server) {
        JsonObject opus = used(1_000 * beat, 0.1 * beat);
        JsonObject haiku = used(3_000 * beat, 0.05 * beat);
        return new JsonObject()
                .put("totalTokens", 4_000 * beat)
                .put("totalCalls", 2 * beat)
                .put("totalCost", (0.16 + server) * beat)
                .put("byModel", new JsonObject().put("opus", opus).put("haiku", haiku))
                .put("byCategory", new JsonObject().put("repair", used(4_000 * beat, 0.15 * beat)))
                .put(
                        "byProvider",
                        new JsonObject().put("anthropic", used(4_000 * beat, 0.15 * beat)))
                .put("byTool", new JsonObject().put("bash", used(10 * beat, 0.01 * beat)));
    }

    private static JsonObject used(int tokens, double cost) {
        return new JsonObject()
                .put("input", tokens)
                .put("output", 0)
                .put("total", tokens)
                .put("calls", tokens / 1_000)
                .put("cost", cost);
    }

    @Test
    void thePublishedAnswerHasWhatItsReadersKnow() {
        JsonObject answer = json(viewer.get("/api/v1/analytics?period=24h"));
        assertThat(answer.getInteger("totalServers")).isEqualTo(2);
        assertThat(answer.getInteger("activeServers")).isEqualTo(2);
        assertThat(answer.getInteger("totalRepairs")).isEqualTo(6);
        assertThat(answer.getDouble("successRate")).isEqualTo(100);
        assertThat(answer.getLong("totalTokens")).isEqualTo(24_000);
        assertThat(answer.getDouble("totalCost")).isEqualTo(3.96);
        assertThat(answer.getJsonObject("tokensByCategory").getLong("repair")).isEqualTo(24_000);
        assertThat(answer.getJsonObject("costByModel").getDouble("opus")).isEqualTo(0.6);
        assertThat(answer.getDouble("uptimePercent")).isEqualTo(100);
        assertThat(answer.getDouble("avgResponseTime")).isEqualTo(81.5);
        assertThat(answer.getJsonObject("usage").getLong("unattributedMicros"))
                .isEqualTo(3_060_000);
        assertThat(answer.getJsonObject("previous").getValue("costChange")).isNull();
    }

    @Test
    void costIsBrokenDownByOneAndByTwo() {
        JsonObject byModel = json(viewer.get("/api/v1/analytics/cost?period=7d&groupBy=model"));
        assertThat(keys(byModel)).containsExactly("opus", "haiku");
        JsonObject opus = byModel.getJsonArray("groups").getJsonObject(0);
        assertThat(opus.getLong("costMicros")).isEqualTo(600_000);
        assertThat(opus.getDouble("share")).isEqualTo(0.151515);
        assertThat(keys(json(viewer.get("/api/v1/analytics/cost?groupBy=server"))))
                .containsExactly("wlv_1", "wlv_0");
        JsonArray pairs =
                json(viewer.get("/api/v1/analytics/cost?groupBy=server&by2=model&server=wlv_0"))
                        .getJsonArray("groups");
        assertThat(pairs).hasSize(2);
        assertThat(pairs.getJsonObject(0).getString("key2")).isEqualTo("opus");
        for (String by : new String[] {"category", "provider", "tool"}) {
            assertThat(keys(json(viewer.get("/api/v1/analytics/cost?groupBy=" + by)))).hasSize(1);
        }
    }

    @Test
    void aSeriesAddsUpToTheWhole() {
        JsonObject series =
                json(
                        viewer.get(
                                "/api/v1/analytics/series?period=24h&step=hour&tz=Asia/Kolkata&groupBy=model"));
        assertThat(series.getString("timeZone")).isEqualTo("Asia/Kolkata");
        assertThat(series.getJsonArray("starts").getString(1)).contains(":30:00");
        long sum = 0;
        for (Object point : series.getJsonArray("points")) {
            sum += ((JsonObject) point).getLong("costMicros");
        }
        assertThat(sum).isEqualTo(900_000);
    }

    @Test
    void rankingsVersionsUptimeAndQuotaAnswer() {
        JsonObject ranked = json(viewer.get("/api/v1/analytics/servers?sort=repairs&limit=1"));
        assertThat(ranked.getJsonArray("servers")).hasSize(1);
        JsonObject version =
                json(viewer.get("/api/v1/analytics/versions"))
                        .getJsonArray("versions")
                        .getJsonObject(0);
        assertThat(version.getInteger("servers")).isEqualTo(2);
        assertThat(version.getDouble("costPerCallMicros")).isEqualTo(330_000);
        JsonObject sla = json(viewer.get("/api/v1/analytics/sla?period=24h&target=99"));
        assertThat(sla.getDouble("keptPercent")).isEqualTo(100);
        assertThat(sla.getJsonArray("burnRates")).hasSize(2);
        assertThat(
                        json(viewer.get("/api/v1/analytics/sla?server=wlv_0&objective=serving"))
                                .getInteger("serverCount"))
                .isEqualTo(1);
        assertThat(viewer.get("/api/v1/analytics/sla?server=wlv_none").statusCode()).isEqualTo(404);
        assertThat(json(viewer.get("/api/v1/analytics/lost?server=wlv_0")).getJsonArray("lost"))
                .isEmpty();
        assertThat(viewer.get("/api/v1/analytics/lost").statusCode()).isEqualTo(400);
        JsonObject quota = json(viewer.get("/api/v1/analytics/quota"));
        assertThat(quota.getJsonArray("windows").getJsonObject(0).getLong("costMicros"))
                .isEqualTo(3_960_000);
        assertThat(Instant.parse(quota.getString("lastInferenceAt"))).isBefore(Instant.now());
        JsonObject projection = json(viewer.get("/api/v1/analytics/projection?cycle=week"));
        assertThat(projection.getString("method")).isEqualTo("early_estimate");
        assertThat(json(viewer.get("/api/v1/analytics/anomalies")).getJsonArray("anomalies"))
                .isEmpty();
    }

    @Test
    void whatCannotBeAskedIsToldInWords() {
        assertRefused("?period=soon", "period: soon (expected: a number of hours, days or weeks");
        assertRefused("?tz=Mars", "tz: Mars (expected: a time zone");
        assertRefused("?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from: ");
        assertRefused("?period=1d&from=2026-01-02T00:00:00Z", "period: 1d (expected: either");
        assertRefused("/cost?groupBy=colour", "groupBy: colour (expected: one of server");
        assertRefused("/cost?groupBy=model&by2=tool", "by2: tool (expected: of model what");
        assertRefused("/series?period=30d&step=15m", "step: 15m makes more than 1000 points");
        assertRefused("/sla?target=100", "target: 100 (expected: percent");
    }

    private static void assertRefused(String path, String words) {
        HttpResponse<String> answer = viewer.get("/api/v1/analytics" + path);
        assertThat(answer.statusCode()).as(path).isEqualTo(400);
        assertThat(new JsonObject(answer.body()).getString("detail")).as(path).startsWith(words);
    }

    @Test
    void budgetsAreMadeShownChangedAndEnded() {
        String path = "/api/v1/budgets";
        String wish =
                "{\"name\":\"all\",\"period\":\"day\",\"timeZone\":\"Asia/Kolkata\",\"limitMicros\":0}";
        assertThat(viewer.post(path, wish).statusCode()).isEqualTo(403);
        HttpResponse<String> made = operator.post(path, wish);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(operator.post(path, wish).statusCode()).isEqualTo(409);
        JsonObject budget = new JsonObject(made.body());
        assertThat(budget.getJsonArray("thresholds")).containsExactly(50, 80, 100);
        String one = path + "/" + budget.getString("id");
        assertThat(json(viewer.get(one)).getJsonObject("status").containsKey("zone")).isTrue();
        JsonObject changed =
                new JsonObject(
                        operator.change(
                                        "PUT",
                                        one,
                                        "{\"name\":\"opus\",\"scope\":\"model\",\"selector\":\"opus\",\"limitMicros\":500000,\"thresholds\":[90]}")
                                .body());
        assertThat(changed.getJsonArray("thresholds")).containsExactly(90);
        assertThat(changed.getJsonObject("status").getLong("spentMicros")).isEqualTo(600_000);
        assertThat(changed.getJsonObject("status").getString("zone")).isEqualTo("red");
        assertThat(json(viewer.get(path)).getJsonArray("budgets")).hasSize(1);
        assertThat(operator.delete(one).statusCode()).isEqualTo(204);
        assertThat(operator.delete(one).statusCode()).isEqualTo(404);
        for (String wrong :
                new String[] {
                    "{\"limitMicros\":1}",
                    "{\"name\":\"x\"}",
                    "{\"name\":\"x\",\"limitMicros\":-1}",
                    "{\"name\":\"x\",\"limitMicros\":1,\"period\":\"year\"}",
                    "{\"name\":\"x\",\"limitMicros\":1,\"timeZone\":\"Mars\"}",
                    "{\"name\":\"x\",\"limitMicros\":1,\"scope\":\"model\"}",
                    "{\"name\":\"x\",\"limitMicros\":1,\"thresholds\":[0]}"
                }) {
            assertThat(operator.post(path, wrong).statusCode()).as(wrong).isEqualTo(400);
        }
    }

    private static java.util.List<String> keys(JsonObject breakdown) {
        return breakdown.getJsonArray("groups").stream()
                .map(group -> ((JsonObject) group).getString("key"))
                .toList();
    }

    private static JsonObject json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }
}
