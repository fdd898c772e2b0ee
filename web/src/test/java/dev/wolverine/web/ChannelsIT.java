package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Channels, their log and Slack's buttons over HTTP, with a real receiver. */
class ChannelsIT {

    private static final String PATH = "/api/v1/channels";
    private static final String SIGNING = "canarySigningSecretOfApp";
    private static final String TOKEN = "xo" + "xb-1234567890-canary";

    private static final List<String> received = new CopyOnWriteArrayList<>();
    private static volatile int answer = 200;

    private static TestPlatform platform;
    private static Contract contract;
    private static HttpServer receiver;
    private static ApiClient anybody;
    private static ApiClient admin;
    private static ApiClient operator;

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        contract = new Contract();
        anybody = new ApiClient(platform, contract);
        admin = anybody.withKey(platform.key(Role.ADMIN));
        operator = anybody.withKey(platform.key(Role.OPERATOR));
        receiver =
                HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    received.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(answer, -1);
                    exchange.close();
                });
        receiver.start();
    }

    @AfterAll
    static void everyOperationWasCalled() {
        receiver.stop(0);
        platform.close();
        assertThat(contract.called()).containsAll(contract.operations("notifications"));
    }

    @Test
    void aChannelIsMadeTriedChangedAndDeletedAndNeverShowsItsSecrets() {
        JsonObject made =
                json(admin.post(PATH, webhook("life", url("/in?token=canary")).encode()), 201);
        String secret = made.getString("secret");
        assertThat(secret).startsWith("whsec_");
        assertThat(made.getJsonObject("settings").getString("url")).isEqualTo(url(""));
        assertThat(made.getJsonObject("settings").getString("urlLastFour")).isEqualTo("nary");
        String one = PATH + "/" + made.getString("id");

        int before = received.size();
        JsonObject tried = json(operator.post(one + "/test"), 200);
        assertThat(tried.getString("outcome")).isEqualTo("delivered");
        assertThat(received).hasSize(before + 1);
        assertThat(received.getLast()).contains("channel.test");

        answer = 500;
        assertThat(json(operator.post(one + "/test"), 200).getString("detail"))
                .isEqualTo("the receiver answered 500");
        answer = 200;

        String next = secret.substring(0, 6) + "A".repeat(43) + "=";
        JsonObject changed =
                json(
                        admin.change(
                                "PATCH",
                                one,
                                new JsonObject()
                                        .put("name", "renamed")
                                        .put("minSeverity", "error")
                                        .put("settings", new JsonObject().put("secret", next))
                                        .encode()),
                        200);
        assertThat(changed.getString("name")).isEqualTo("renamed");
        assertThat(changed.getString("minSeverity")).isEqualTo("error");
        assertThat(changed.getJsonObject("settings").getInteger("secrets")).isEqualTo(2);

        for (String shown :
                List.of(
                        operator.get(PATH).body(),
                        operator.get(one).body(),
                        changed.encode(),
                        operator.get(one + "/deliveries").body(),
                        String.join("", platform.texts("SELECT a::text FROM audit_log a")),
                        String.join("", platform.texts("SELECT c::text FROM channels c")))) {
            assertThat(shown).doesNotContain(secret, next, "canary");
        }
        assertThat(admin.delete(one).statusCode()).isEqualTo(204);
        assertThat(admin.delete(one).statusCode()).isEqualTo(404);
        assertThat(operator.get(one).statusCode()).isEqualTo(404);
    }

    @Test
    void aBadChannelIsAClearErrorWhenItIsSaved() {
        json(admin.post(PATH, webhook("x", url("/")).encode()), 201);
        refused(webhook("x2", "ftp://example.com/"), 400, "settings.url: not usable (expected: ");
        refused(new JsonObject().put("name", "x").put("kind", "pigeon"), 400, "kind: unknown");
        refused(
                new JsonObject()
                        .put("name", "x")
                        .put("kind", "email")
                        .put("settings", new JsonObject().put("to", new JsonArray().add("a@b"))),
                400,
                "notifications.smtp.host");
        refused(
                new JsonObject()
                        .put("name", "x")
                        .put("kind", "webhook")
                        .put("settings", new JsonObject().put("pigeon", 1)),
                400,
                "pigeon: unknown");
        refused(webhook("x", url("/")), 409, "name: in use");
        assertThat(operator.post(PATH, webhook("y", url("/")).encode()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void whatWaitsIsDeliveredLoggedAndCanBeReplayed() {
        String id =
                json(admin.post(PATH, webhook("log", url("/log")).encode()), 201).getString("id");
        UUID group = UUID.randomUUID();
        platform.execute(
                """
                INSERT INTO outbox (org_id, channel_id, group_id, version, event_id, payload)
                VALUES ('%1$s', '%2$s', '%3$s', 1, '%3$s',
                        '{"eventId":"%3$s","organisation":"%1$s","groupId":"%3$s","version":1,"state":"firing","severity":"error",
                          "title":"t","rule":"r","kind":"k","members":[],"memberCount":1,"at":"2026-11-21T10:00:00Z"}')
                """
                        .formatted(platform.organisation(), id, group));
        String log = PATH + "/" + id + "/deliveries";
        await().until(() -> !deliveries(log).isEmpty());
        JsonObject delivery = deliveries(log).getJsonObject(0);
        assertThat(delivery.getString("outcome")).isEqualTo("delivered");
        assertThat(delivery.getInteger("status")).isEqualTo(200);
        assertThat(delivery.getJsonObject("message").getString("state")).isEqualTo("delivered");
        assertThat(delivery.getJsonObject("message").getString("eventId"))
                .isEqualTo(group.toString());

        String replay = "/api/v1/deliveries/" + delivery.getString("id") + "/replay";
        ApiClient foreign =
                anybody.withKey(platform.key(platform.newOrganisation("other"), Role.ADMIN));
        assertThat(foreign.post(replay).statusCode()).isEqualTo(404);
        assertThat(foreign.get(log).statusCode()).isEqualTo(404);
        assertThat(operator.post(replay).statusCode()).isEqualTo(204);
        await().until(() -> deliveries(log).size() == 2);
        assertThat(received.stream().filter(body -> body.contains(group.toString())).count())
                .isEqualTo(2);

        assertThat(json(operator.get(log + "?limit=1"), 200).getString("nextCursor")).isNotNull();
        assertThat(json(operator.get(log + "?cursor=0"), 200).getJsonArray("deliveries")).isEmpty();
        json(operator.post(PATH + "/" + id + "/test"), 200);
        String test = deliveries(log).getJsonObject(0).getString("id");
        assertThat(operator.post("/api/v1/deliveries/" + test + "/replay").statusCode())
                .isEqualTo(409);
    }

    @Test
    void aButtonInSlackActsOnceForWhoSignedIt() {
        UUID group = UUID.randomUUID();
        String channel = slack("buttons", SIGNING);
        String another = slack("another app", SIGNING + "2");
        String body = button("acknowledge", channel, group);
        String now = Long.toString(Instant.now().getEpochSecond());

        assertThat(press(body, now, sign(SIGNING, now, body))).isEqualTo(200);
        assertThat(press(body, now, sign(SIGNING, now, body))).as("replayed").isEqualTo(401);
        assertThat(press(body, now, sign(SIGNING + "2", now, body))).isEqualTo(401);
        String old = Long.toString(Instant.now().getEpochSecond() - 301);
        assertThat(press(body, old, sign(SIGNING, old, body))).isEqualTo(401);
        String foreign = button("acknowledge", another, group);
        assertThat(press(foreign, now, sign(SIGNING, now, foreign))).isEqualTo(401);
        String unknown = button("acknowledge", UUID.randomUUID().toString(), group);
        assertThat(press(unknown, now, sign(SIGNING, now, unknown))).isEqualTo(401);
        String open = button("open", channel, group);
        assertThat(press(open, now, "v0=none")).isEqualTo(200);
        String snooze = button("snooze", channel, group);
        assertThat(press(snooze, now, sign(SIGNING, now, snooze))).isEqualTo(200);

        assertThat(platform.actions())
                .filteredOn(action -> action.contains(group.toString()))
                .containsExactly(
                        "acknowledge " + platform.organisation() + " " + group + " by slack:U123",
                        "snooze PT1H " + platform.organisation() + " " + group + " by slack:U123");
    }

    @Test
    void thePipelineTellsItsAges() {
        JsonObject pipeline = json(anybody.get("/health/pipeline"), 200);
        assertThat(pipeline.getJsonObject("ages").getJsonObject("outbox").getDouble("seconds"))
                .isBetween(0.0, 60.0);
    }

    private static String slack(String name, String signing) {
        JsonObject wish =
                new JsonObject()
                        .put("name", name)
                        .put("kind", "slack")
                        .put(
                                "settings",
                                new JsonObject()
                                        .put("token", TOKEN)
                                        .put("channel", "C0123456789")
                                        .put("signingSecret", signing));
        HttpResponse<String> made = admin.post(PATH, wish.encode());
        assertThat(made.body()).doesNotContain(TOKEN, signing);
        return json(made, 201).getString("id");
    }

    private static String button(String action, String channel, UUID group) {
        return "payload="
                + URLEncoder.encode(
                        """
                        {"user":{"id":"U123"},"actions":[{"action_id":"%s","value":"%s/%s"}]}
                        """
                                .formatted(action, channel, group),
                        StandardCharsets.UTF_8);
    }

    private static int press(String body, String timestamp, String signature) {
        return anybody.with("Content-Type", "application/x-www-form-urlencoded")
                .with("X-Slack-Request-Timestamp", timestamp)
                .with("X-Slack-Signature", signature)
                .send(
                        "POST",
                        "/api/v1/slack/interactions",
                        HttpRequest.BodyPublishers.ofString(body))
                .statusCode();
    }

    private static String sign(String secret, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signed =
                    mac.doFinal(("v0:" + timestamp + ":" + body).getBytes(StandardCharsets.UTF_8));
            return "v0=" + HexFormat.of().formatHex(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject webhook(String name, String url) {
        return new JsonObject()
                .put("name", name)
                .put("kind", "webhook")
                .put("settings", new JsonObject().put("url", url));
    }

    private static void refused(JsonObject wish, int status, String... because) {
        HttpResponse<String> answer = admin.post(PATH, wish.encode());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(because);
    }

    private static JsonArray deliveries(String log) {
        return json(operator.get(log), 200).getJsonArray("deliveries");
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    private static JsonObject json(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new JsonObject(answer.body());
    }
}
