package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.AuditRecord;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.AuditLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operation of openapi.yaml that changes something leaves a record of who did it, and changes
 * nothing if that record cannot be written. One that is not known here fails the test.
 */
class AuditedIT {

    /** What leaves no record, and why. */
    private static final Map<String, String> WITHOUT_RECORD =
            Map.of(
                    "POST /api/v1/rules/validate",
                    "changes nothing; a rule is no text for an address",
                    "POST /api/v1/rules/backtest",
                    "changes nothing",
                    "POST /api/v1/silences/preview",
                    "changes nothing",
                    "POST /api/v1/maintenance/preview",
                    "changes nothing",
                    "POST /api/v1/heartbeat",
                    "what an instance says of itself is kept as it is, by the million",
                    "POST /e/{token}/api/v1/heartbeat",
                    "the same under an enrolment URL",
                    "POST /api/v1/slack/interactions",
                    "what it does to alerts is recorded where that is done",
                    "POST /api/v1/links/open",
                    "changes nothing; a POST keeps the token out of addresses");

    private static final String PASSWORD = "correct horse battery";

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient anybody;
    private static ApiClient owner;
    private static int people;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        contract = new Contract();
        anybody = new ApiClient(platform, contract);
        owner = anybody.logIn(platform.owner().email(), platform.owner().password()).changing();
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    /** A call that is ready to be made, and to succeed. */
    @FunctionalInterface
    private interface Call extends Supplier<HttpResponse<String>> {}

    @Test
    void whatSucceedsLeavesARecord() {
        Map<String, Call> calls = calls();
        for (Map.Entry<String, Call> one : calls.entrySet()) {
            List<AuditRecord> before = records();
            HttpResponse<String> answer = one.getValue().get();
            assertThat(answer.statusCode()).as(one.getKey() + " " + answer.body()).isLessThan(300);
            assertThat(records()).as(one.getKey()).hasSizeGreaterThan(before.size());
        }

        System.out.printf(
                "audit: %d operations that change something leave a record, or do nothing without"
                        + " one; %d need none%n",
                calls.size(), WITHOUT_RECORD.size());
        Set<String> known = new TreeSet<>(calls.keySet());
        known.addAll(WITHOUT_RECORD.keySet());
        assertThat(contract.operations().stream().filter(AuditedIT::changesSomething))
                .as("operations that are called here, or need no record for a reason given here")
                .containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void whatCannotBeRecordedIsNotDone() {
        Map<String, Call> calls = calls();
        platform.administer("REVOKE INSERT ON audit_log FROM wolverine_writer");
        try {
            int before = records().size();
            calls.forEach((operation, call) ->
                    assertThat(call.get().statusCode()).as(operation).isEqualTo(503));
            assertThat(records()).hasSize(before);
        } finally {
            platform.administer("GRANT INSERT ON audit_log TO wolverine_writer");
        }
        calls.forEach((operation, call) ->
                assertThat(call.get().statusCode())
                        .as(operation + ": as if it had not been tried")
                        .isLessThan(300));
    }

    /** Everything that they need is there. */
    private static Map<String, Call> calls() {
        Map<String, Call> calls = new LinkedHashMap<>();
        enrolment(calls);
        keys(calls);
        quarantine(calls);
        channels(calls);
        alerts(calls);
        organisation(calls);
        budgets(calls);
        ownAccount(calls);
        servers(calls);
        return calls;
    }

    private static void enrolment(Map<String, Call> calls) {
        String url = json(owner.post("/api/v1/enrolment/tokens", name("url"))).getString("path");
        calls.put(
                "POST /api/v1/enrolment/tokens",
                () -> owner.post("/api/v1/enrolment/tokens", name("another")));
        calls.put(
                "POST /e/{token}/api/v1/register",
                () -> anybody.post(url + "/api/v1/register", instance("wlv_by_url")));
        // An approved one first: its key leaves a record, waiting does not.
        owner.post("/api/v1/enrolment/window");
        String approved = pending("wlv_approved" + people);
        owner.post("/api/v1/enrolment/pending/" + approved + "/approve");
        String first = pending("wlv_first" + people);
        String second = pending("wlv_second" + people);
        String window = "/api/v1/enrolment/window";
        String waiting = "/api/v1/enrolment/pending/";
        String instance = instance("wlv_approved" + people);
        calls.put("POST /api/v1/register", () -> anybody.post("/api/v1/register", instance));
        calls.put("POST /api/v1/enrolment/window", () -> owner.post(window));
        calls.put(
                "POST /api/v1/enrolment/pending/{id}/approve",
                () -> owner.post(waiting + first + "/approve"));
        calls.put(
                "POST /api/v1/enrolment/pending/{id}/reject",
                () -> owner.post(waiting + second + "/reject"));
        calls.put("DELETE /api/v1/enrolment/window", () -> owner.delete(window));
    }

    private static void keys(Map<String, Call> calls) {
        String path = "/api/v1/keys";
        String revoked = path + "/" + key("{\"name\":\"a\",\"role\":\"viewer\"}");
        String rotated = path + "/" + key("{\"name\":\"b\",\"role\":\"viewer\"}");
        String split =
                path
                        + "/"
                        + key("{\"name\":\"c\",\"role\":\"ingest\",\"instanceId\":\"wlv_shared\"}");
        String apart = new JsonObject().put("instanceId", "wlv_apart" + people).encode();
        calls.put(
                "POST /api/v1/keys",
                () -> owner.post(path, "{\"name\":\"d\",\"role\":\"viewer\"}"));
        calls.put("POST /api/v1/keys/{id}/rotate", () -> owner.post(rotated + "/rotate"));
        calls.put("POST /api/v1/keys/{id}/split", () -> owner.post(split + "/split", apart));
        calls.put("DELETE /api/v1/keys/{id}", () -> owner.delete(revoked));
    }

    private static void quarantine(Map<String, Call> calls) {
        String path = "/api/v1/quarantine";
        ApiClient ingest = anybody.withKey(platform.key(Role.INGEST));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long timestamp = System.currentTimeMillis() - i;
            ingest.post("/api/v1/heartbeat", Beats.beat("", timestamp, people).encode());
            ids.add(newest(path, "bodies").getValue("id").toString());
        }
        // As if it had come two hours later, when it was not from the future any more.
        long tomorrow = System.currentTimeMillis() + 25 * 3_600_000L + people;
        ingest.post("/api/v1/heartbeat", Beats.beat("wlv_tomorrow", tomorrow, 1).encode());
        platform.execute(
                """
                INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail, content_type, body_hash, body)
                SELECT org_id, instance_id, received_at + interval '2 h', 'too_deep', detail, content_type, 'x', body
                FROM heartbeat_quarantine WHERE id = %s
                """
                        .formatted(newest(path, "bodies").getValue("id")));
        String as = new JsonObject().put("instanceId", "wlv_named").encode();
        calls.put(
                "POST /api/v1/quarantine/{id}/replay",
                () -> owner.post(path + "/" + ids.get(0) + "/replay", as));
        calls.put(
                "POST /api/v1/quarantine/replay",
                () -> owner.post(path + "/replay", "{\"reason\":\"too_deep\"}"));
        calls.put("DELETE /api/v1/quarantine/{id}", () -> owner.delete(path + "/" + ids.get(1)));
    }

    private static void channels(Map<String, Call> calls) {
        String path = "/api/v1/channels";
        people++;
        // Nobody listens there: a test that reaches nobody is a test.
        String wish =
                """
                {"name":"%s","kind":"webhook","settings":{"url":"http://127.0.0.1:1/"}}
                """;
        String changed = json(owner.post(path, wish.formatted("a" + people))).getString("id");
        String deleted = json(owner.post(path, wish.formatted("b" + people))).getString("id");
        String another = wish.formatted("c" + people);
        platform.execute(
                """
                WITH one AS (
                    INSERT INTO outbox (org_id, channel_id, group_id, version, event_id, payload, state)
                    SELECT org_id, id, id, 1, id, '{}', 'dead' FROM channels WHERE id = '%s' RETURNING *)
                INSERT INTO deliveries (org_id, channel_id, outbox_id, at, took_ms, outcome, detail)
                SELECT org_id, channel_id, id, now(), 1, 'failed', '' FROM one
                """
                        .formatted(changed));
        String delivery = platform.texts("SELECT max(id) FROM deliveries").getFirst();
        calls.put("POST /api/v1/channels", () -> owner.post(path, another));
        calls.put(
                "PATCH /api/v1/channels/{id}",
                () -> owner.change("PATCH", path + "/" + changed, "{\"minSeverity\":\"error\"}"));
        calls.put(
                "POST /api/v1/channels/{id}/test",
                () -> owner.post(path + "/" + changed + "/test"));
        calls.put(
                "POST /api/v1/deliveries/{id}/replay",
                () -> owner.post("/api/v1/deliveries/" + delivery + "/replay"));
        calls.put("DELETE /api/v1/channels/{id}", () -> owner.delete(path + "/" + deleted));
    }

    private static void alerts(Map<String, Call> calls) {
        String rules = "/api/v1/rules";
        owner.get(rules);
        String first = SampleAlert.insert(platform, platform.organisation(), "first").toString();
        String second = SampleAlert.insert(platform, platform.organisation(), "second").toString();
        String deed = "{\"action\":\"note\",\"note\":\"seen\"}";
        String deeds = new JsonObject(deed).put("ids", new JsonArray().add(second)).encode();
        calls.put(
                "PATCH /api/v1/alerts/{id}",
                () -> owner.change("PATCH", "/api/v1/alerts/" + first, deed));
        calls.put("POST /api/v1/alerts/bulk", () -> owner.post("/api/v1/alerts/bulk", deeds));
        String changed = id(owner.post(rules, rule("changed")));
        String deleted = id(owner.post(rules, rule("deleted")));
        String made = rule("made");
        String other = rule("other");
        String file =
                new JsonObject()
                        .put("yaml", "rules: [{name: imported, kind: server_down}]")
                        .encode();
        calls.put("POST /api/v1/rules", () -> owner.post(rules, made));
        calls.put(
                "PUT /api/v1/rules/{id}", () -> owner.change("PUT", rules + "/" + changed, other));
        calls.put("DELETE /api/v1/rules/{id}", () -> owner.delete(rules + "/" + deleted));
        calls.put("POST /api/v1/rules/import", () -> owner.post(rules + "/import", file));
        String silence =
                new JsonObject()
                        .put("matchers", new JsonObject().put("kind", "*"))
                        .put("reason", "work")
                        .put("endsAt", Instant.now().plusSeconds(3_600).toString())
                        .encode();
        for (String path : List.of("/api/v1/silences", "/api/v1/maintenance")) {
            String ended = json(owner.post(path, silence)).getString("id");
            calls.put("POST " + path, () -> owner.post(path, silence));
            calls.put("DELETE " + path + "/{id}", () -> owner.delete(path + "/" + ended));
        }
    }

    private static String rule(String name) {
        return new JsonObject()
                .put("name", name + " " + UUID.randomUUID())
                .put("kind", "server_down")
                .encode();
    }

    private static String id(HttpResponse<String> made) {
        return json(made).getValue("id").toString();
    }

    private static void organisation(Map<String, Call> calls) {
        String invited = json(owner.post("/api/v1/invitations", guest())).getString("id");
        String another = guest();
        String user = "/api/v1/users/" + userId(join());
        calls.put("POST /api/v1/invitations", () -> owner.post("/api/v1/invitations", another));
        calls.put(
                "DELETE /api/v1/invitations/{id}",
                () -> owner.delete("/api/v1/invitations/" + invited));
        calls.put(
                "POST /api/v1/users/{id}/password-link", () -> owner.post(user + "/password-link"));
        calls.put("DELETE /api/v1/users/{id}/sessions", () -> owner.delete(user + "/sessions"));
        calls.put(
                "PATCH /api/v1/users/{id}",
                () -> owner.change("PATCH", user, "{\"role\":\"operator\"}"));
    }

    private static void budgets(Map<String, Call> calls) {
        String path = "/api/v1/budgets";
        String budget = "{\"name\":\"%s %d\",\"limitMicros\":0}";
        String changed = json(owner.post(path, budget.formatted("a", people))).getString("id");
        String deleted = json(owner.post(path, budget.formatted("b", people))).getString("id");
        String made = budget.formatted("c", people);
        String another = "{\"name\":\"d %d\",\"limitMicros\":5}".formatted(people);
        calls.put("POST /api/v1/budgets", () -> owner.post(path, made));
        calls.put(
                "PUT /api/v1/budgets/{id}",
                () -> owner.change("PUT", path + "/" + changed, another));
        calls.put("DELETE /api/v1/budgets/{id}", () -> owner.delete(path + "/" + deleted));
    }

    private static void ownAccount(Map<String, Call> calls) {
        String email = join();
        String login = new JsonObject().put("email", email).put("password", PASSWORD).encode();
        ApiClient leaving = anybody.logIn(email, PASSWORD).changing();
        ApiClient staying = anybody.logIn(email, PASSWORD).changing();
        anybody.logIn(email, PASSWORD);
        String other =
                json(staying.get("/api/v1/sessions")).getJsonArray("sessions").stream()
                        .map(session -> (JsonObject) session)
                        .filter(session -> !session.getBoolean("current"))
                        .findFirst()
                        .orElseThrow()
                        .getString("id");
        String link = token(json(owner.post("/api/v1/invitations", guest())));
        String use = new JsonObject().put("token", link).put("password", PASSWORD).encode();
        String passwords =
                new JsonObject().put("current", PASSWORD).put("password", PASSWORD + "!").encode();
        calls.put("POST /api/v1/session", () -> anybody.post("/api/v1/session", login));
        calls.put(
                "DELETE /api/v1/sessions/{id}", () -> staying.delete("/api/v1/sessions/" + other));
        calls.put("DELETE /api/v1/session", () -> leaving.delete("/api/v1/session"));
        calls.put(
                "PUT /api/v1/session/password",
                () -> staying.change("PUT", "/api/v1/session/password", passwords));
        calls.put("POST /api/v1/links/use", () -> anybody.post("/api/v1/links/use", use));
    }

    private static void servers(Map<String, Call> calls) {
        ApiClient ingest = anybody.withKey(platform.key(Role.INGEST));
        long timestamp = System.currentTimeMillis() - people;
        ingest.post("/api/v1/heartbeat", Beats.beat("wlv_marked", timestamp, 1).encode());
        String server = "/api/v1/servers/wlv_marked";
        String views = "/api/v1/views";
        String changed = views + "/" + json(owner.post(views, name("a"))).getString("id");
        String deleted = views + "/" + json(owner.post(views, name("b"))).getString("id");
        calls.put(
                "PUT /api/v1/servers/{id}/tags",
                () -> owner.change("PUT", server + "/tags", "{\"tags\":[\"eu\"]}"));
        calls.put(
                "PUT /api/v1/servers/{id}/archived",
                () -> owner.change("PUT", server + "/archived", "{\"archived\":true}"));
        calls.put("POST /api/v1/views", () -> owner.post(views, name("c")));
        calls.put("PUT /api/v1/views/{id}", () -> owner.change("PUT", changed, name("d")));
        calls.put("DELETE /api/v1/views/{id}", () -> owner.delete(deleted));
    }

    private static boolean changesSomething(String operation) {
        return !operation.startsWith("GET ");
    }

    private static List<AuditRecord> records() {
        List<AuditRecord> records = new ArrayList<>();
        new AuditLog(platform.database().writer()).forEach(platform.organisation(), records::add);
        return records;
    }

    private static String key(String wish) {
        return json(owner.post("/api/v1/keys", wish)).getString("id");
    }

    /** Makes an instance wait; returns the id under which it does. */
    private static String pending(String instanceId) {
        anybody.post("/api/v1/register", instance(instanceId));
        JsonArray waiting = json(owner.get("/api/v1/enrolment/pending")).getJsonArray("pending");
        return waiting.getJsonObject(waiting.size() - 1).getString("id");
    }

    private static JsonObject newest(String path, String list) {
        return json(owner.get(path)).getJsonArray(list).getJsonObject(0);
    }

    /** A new person; returns the address. */
    private static String join() {
        String guest = guest();
        String token = token(json(owner.post("/api/v1/invitations", guest)));
        anybody.post(
                "/api/v1/links/use",
                new JsonObject().put("token", token).put("password", PASSWORD).encode());
        return new JsonObject(guest).getString("email");
    }

    private static String userId(String email) {
        return json(owner.get("/api/v1/users")).getJsonArray("users").stream()
                .map(user -> (JsonObject) user)
                .filter(user -> user.getString("email").equals(email))
                .findFirst()
                .orElseThrow()
                .getString("id");
    }

    private static String guest() {
        people++;
        return new JsonObject()
                .put("email", "guest" + people + "@example.org")
                .put("role", "viewer")
                .encode();
    }

    private static String token(JsonObject link) {
        return link.getString("path").substring("/link#".length());
    }

    private static String name(String name) {
        return new JsonObject().put("name", name).encode();
    }

    private static String instance(String instanceId) {
        return new JsonObject().put("instanceId", instanceId).put("name", "shop").encode();
    }

    private static JsonObject json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return new JsonObject(answer.body());
    }
}
