package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.Permission;
import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operation of openapi.yaml by every kind of caller, with ids of their own organisation, of
 * another, of nobody, and that nobody can have. No answer holds a word of the other organisation,
 * and one of its ids is answered as one of nobody.
 */
class TenancyIT {

    /** Neither can come about by chance, nor is one part of the other. */
    private static final String OURS = "canary7f3aours";

    private static final String THEIRS = "canary9c1dtheirs";

    /** Ids that nobody has, of the form that each kind of id has. */
    private static final Map<String, String> NOBODYS =
            Map.of(
                    "/api/v1/keys",
                    "zzzzzzzzzz",
                    "/api/v1/servers",
                    "wlv_canary0000nobody",
                    "/api/v1/quarantine",
                    "999999999",
                    "/api/v1/rules",
                    "999999999");

    /** Serves all organisations, and holds nothing of any. */
    private static final Set<String> NOBODYS_REDIS_KEYS = Set.of("wolverine:live:marker");

    /** Tests log in as everybody all the time, and a moment later the live feed tells of it. */
    private static final Set<String> LEFT_BY_LOGINS =
            Set.of("sessions", "audit_log", "audit_heads", "live_events", "live_heads");

    /** What shows an organisation its own data, so that another's would be seen there. */
    private static final List<String> SHOW_THEIR_OWN =
            List.of(
                    "GET /api/v1/alerts",
                    "GET /api/v1/alerts/{id}",
                    "GET /api/v1/analytics/servers",
                    "GET /api/v1/audit",
                    "GET /api/v1/audit/export",
                    "GET /api/v1/budgets",
                    "GET /api/v1/budgets/{id}",
                    "GET /api/v1/channels",
                    "GET /api/v1/channels/{id}",
                    "GET /api/v1/collisions",
                    "GET /api/v1/enrolment/pending",
                    "GET /api/v1/enrolment/tokens",
                    "GET /api/v1/invitations",
                    "GET /api/v1/keys",
                    "GET /api/v1/maintenance",
                    "GET /api/v1/quarantine",
                    "GET /api/v1/quarantine/{id}",
                    "GET /api/v1/servers",
                    "GET /api/v1/servers/export",
                    "GET /api/v1/servers/top",
                    "GET /api/v1/servers/{id}",
                    "GET /api/v1/servers/{id}/events",
                    "GET /api/v1/servers/{id}/routes",
                    "GET /api/v1/session",
                    "GET /api/v1/sessions",
                    "GET /api/v1/silences",
                    "GET /api/v1/users",
                    "GET /api/v1/views");

    private static TestPlatform platform;
    private static RedisWatch redis;
    private static Contract contract;
    private static Tenant ours;
    private static Tenant theirs;
    private static int requests;
    private static int comparisons;

    @BeforeAll
    static void start() {
        URI uri = TestDatabase.redis();
        redis = new RedisWatch(uri);
        platform = TestPlatform.startOn(uri);
        contract = new Contract();
        ours = new Tenant(platform, contract, platform.newOrganisation(OURS), OURS);
        theirs = new Tenant(platform, contract, platform.newOrganisation(THEIRS), THEIRS);
        for (Tenant tenant : List.of(ours, theirs)) {
            await().until(() -> get(tenant, "/api/v1/servers").contains(tenant.instanceId()));
            await().until(() -> get(tenant, "/api/v1/collisions").contains(tenant.marker()));
        }
    }

    @AfterAll
    static void stop() {
        platform.close();
        redis.close();
    }

    /**
     * One kind of caller.
     *
     * @param role null: nobody is proved
     * @param key whether it has a key; else a session
     * @param client a fresh one for each call, because a call may end its credential
     */
    private record Caller(
            String name,
            Tenant tenant,
            Tenant other,
            @Nullable Role role,
            boolean key,
            Supplier<ApiClient> client) {

        boolean may(String permission) {
            return role != null
                    && List.of(Permission.values()).stream()
                            .anyMatch(one -> one.label().equals(permission) && role.may(one));
        }
    }

    /** Where an id comes from. */
    private enum Origin {
        OWN,
        FOREIGN,
        RANDOM,
        MALFORMED
    }

    @Test
    void nobodyLearnsAnythingOfAnotherOrganisation() {
        Seen seen = new Seen(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        List<Caller> callers = callers();
        for (String operation : contract.operations()) {
            for (Tenant tenant : List.of(ours, theirs)) {
                List<Caller> some = callers.stream().filter(one -> one.tenant() == tenant).toList();
                Tenant other = some.getFirst().other();
                Map<String, String> before = rows(other);
                walk(operation, some, seen);
                Map<String, String> after = rows(other);
                if (operation.equals("POST /api/v1/register")) {
                    // Who asks names no organisation, and waits at the one whose window is open.
                    before.remove("pending_enrolments");
                    after.remove("pending_enrolments");
                }
                assertThat(after).as(operation + ": rows of " + other).isEqualTo(before);
            }
        }
        int inRedis = checkRedis();
        report(callers, seen.withForeignId(), inRedis);

        assertThat(seen.callers())
                .as("what is looked for can be seen")
                .contains("key admin", "session of another organisation's owner");
        assertThat(seen.operations()).containsAll(SHOW_THEIR_OWN);
        assertThat(seen.done())
                .as("what is refused to everybody proves nothing")
                .containsAll(seen.withForeignId());
        assertThat(seen.withForeignId())
                .contains(
                        "GET /api/v1/servers/{id}",
                        "GET /api/v1/servers/{id}/events",
                        "GET /api/v1/servers/{id}/repairs",
                        "GET /api/v1/servers/{id}/usage",
                        "GET /api/v1/servers/{id}/brain",
                        "PUT /api/v1/servers/{id}/tags",
                        "PUT /api/v1/servers/{id}/archived",
                        "PUT /api/v1/views/{id}",
                        "DELETE /api/v1/views/{id}",
                        "DELETE /api/v1/keys/{id}",
                        "POST /api/v1/channels/{id}/test",
                        "PATCH /api/v1/channels/{id}",
                        "PUT /api/v1/budgets/{id}",
                        "DELETE /api/v1/budgets/{id}",
                        "POST /api/v1/quarantine/{id}/replay",
                        "POST /api/v1/enrolment/pending/{id}/approve",
                        "POST /api/v1/enrolment/pending/{id}/reject",
                        "PATCH /api/v1/users/{id}",
                        "DELETE /api/v1/invitations/{id}",
                        "DELETE /api/v1/sessions/{id}");
        assertThat(get(theirs, "/api/v1/servers/" + theirs.instanceId())).contains(THEIRS);
    }

    /**
     * What the walk met.
     *
     * @param callers who saw words of their own organisation
     * @param operations that showed somebody words of their own organisation
     * @param withForeignId operations that were asked for something of another organisation
     * @param done operations that somebody's own id was good for
     */
    private record Seen(
            Set<String> callers,
            Set<String> operations,
            Set<String> withForeignId,
            Set<String> done) {}

    /** One operation by callers of one organisation. */
    private static void walk(String operation, List<Caller> callers, Seen seen) {
        Optional<String> collection = collection(operation);
        for (Caller caller : callers) {
            Map<Origin, HttpResponse<String>> answers = answers(operation, collection, caller);
            answers.forEach((origin, answer) -> {
                checkLeaks(operation + " " + caller.name() + " " + origin, caller, answer);
                checkAccess(operation, caller, answer);
                if (answer.body().contains(caller.tenant().marker())) {
                    seen.callers().add(caller.name());
                    seen.operations().add(operation);
                }
                if (origin == Origin.OWN && answer.statusCode() < 300) {
                    seen.done().add(operation);
                }
            });
            if (answers.containsKey(Origin.FOREIGN)) {
                seen.withForeignId().add(operation);
                checkSame(operation + " " + caller.name(), answers);
            }
        }
        for (Caller caller : callers) {
            checkParameters(operation, collection, caller);
        }
    }

    /** A digest of each table's rows of an organisation, but for what its own logins leave. */
    private static Map<String, String> rows(Tenant tenant) {
        Map<String, String> digests = new TreeMap<>();
        for (String table :
                platform.texts(
                        """
                        SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                        WHERE table_schema = 'public' AND column_name = 'org_id' AND table_type = 'BASE TABLE'
                        """)) {
            if (!LEFT_BY_LOGINS.contains(table)) {
                digests.put(
                        table,
                        platform.texts(
                                        "SELECT count(*) || ' ' || md5(coalesce(string_agg(r::text, ' ' ORDER BY r::text), ''))"
                                                + " FROM "
                                                + table
                                                + " r WHERE org_id = '"
                                                + tenant.id()
                                                + "'")
                                .getFirst());
            }
        }
        assertThat(digests).containsKeys("keys", "memberships", "pending_enrolments", "servers");
        return digests;
    }

    @Test
    void aPairingWindowIsItsOrganisationsOwn() {
        String path = "/api/v1/enrolment/window";
        ApiClient others = theirs.withKey(Role.ADMIN);
        ApiClient own = ours.withKey(Role.ADMIN);
        own.delete(path);
        assertThat(others.post(path).statusCode()).isEqualTo(200);

        assertThat(new JsonObject(own.get(path).body()).getBoolean("open")).isFalse();
        assertThat(own.delete(path).statusCode()).isEqualTo(404);
        assertThat(own.post(path).statusCode()).isEqualTo(409);

        assertThat(new JsonObject(others.get(path).body()).getBoolean("open")).isTrue();
        assertThat(others.delete(path).statusCode()).isEqualTo(204);
    }

    @Test
    void exportsHoldTheirOwnOrganisationAlone() {
        for (String format : List.of("ndjson", "csv")) {
            String export = get(ours, "/api/v1/audit/export?format=" + format);
            assertThat(export).contains(OURS).doesNotContain(THEIRS);
        }
    }

    @Test
    void aSubscriberHearsNothingOfAnotherOrganisation() {
        try (LiveClient live = LiveClient.withKey(platform, platform.key(ours.id(), Role.VIEWER))) {
            live.send(subscription(1, theirs.instanceId()));
            live.send(subscription(2, "wlv_canary0000nobody"));
            live.send("{\"op\":\"sub\",\"id\":3,\"topic\":\"fleet\"}");
            live.send(
                    new JsonObject()
                            .put("subscribe", new JsonArray().add("heartbeat"))
                            .put(
                                    "servers",
                                    new JsonArray().add(theirs.instanceId()).add(ours.instanceId()))
                            .encode());
            JsonObject foreign = live.await(snapshot(1));
            JsonObject nobodys = live.await(snapshot(2));
            assertThat(foreign.copy().put("id", 0)).isEqualTo(nobodys.copy().put("id", 0));
            live.await(snapshot(3));

            theirs.withKey(Role.INGEST)
                    .post(
                            "/api/v1/heartbeat",
                            Tenant.beat(theirs.instanceId(), THEIRS, 111).encode());
            await().until(() ->
                    get(theirs, "/api/v1/servers/" + theirs.instanceId())
                            .contains("\"memoryMb\":111"));
            ours.withKey(Role.INGEST)
                    .post("/api/v1/heartbeat", Tenant.beat(ours.instanceId(), OURS, 112).encode());
            live.await(message -> message.encode().contains("\"memoryMb\":112"));

            assertThat(live.messages().toString()).contains(OURS).doesNotContain(THEIRS);
        }
    }

    private static List<Caller> callers() {
        List<Caller> callers = new ArrayList<>();
        callers.add(nobody("nobody", ours::anybody));
        callers.add(nobody("garbage key", () -> ours.anybody().withKey("wlvk_nonsense")));
        String revoked = revoked(ours);
        callers.add(nobody("revoked key", () -> ours.anybody().withKey(revoked)));
        callers.add(
                nobody(
                        "garbage session",
                        () ->
                                ours.anybody()
                                        .with("Cookie", "wlv=" + "x".repeat(43))
                                        .with("Sec-Fetch-Site", "same-origin")));
        ApiClient expired = ours.withSession(Role.OWNER);
        platform.execute(
                "UPDATE sessions SET expires_at = now() WHERE created_at = (SELECT max(created_at) FROM sessions)");
        callers.add(nobody("expired session", () -> expired));
        for (Role role : Role.values()) {
            if (role != Role.OWNER) {
                ApiClient key = ours.withKey(role);
                callers.add(new Caller("key " + role.label(), ours, theirs, role, true, () -> key));
            }
            if (role != Role.INGEST) {
                callers.add(
                        new Caller(
                                "session " + role.label(),
                                ours,
                                theirs,
                                role,
                                false,
                                () -> ours.withSession(role)));
            }
        }
        ApiClient bound =
                ours.anybody().withKey(platform.instanceKey(ours.id(), ours.instanceId()));
        callers.add(new Caller("instance key", ours, theirs, Role.INGEST, true, () -> bound));
        callers.add(
                new Caller(
                        "session of another organisation's owner",
                        theirs,
                        ours,
                        Role.OWNER,
                        false,
                        () -> theirs.withSession(Role.OWNER)));
        return callers;
    }

    private static Caller nobody(String name, Supplier<ApiClient> client) {
        return new Caller(name, ours, theirs, null, true, client);
    }

    private static Map<Origin, HttpResponse<String>> answers(
            String operation, Optional<String> collection, Caller caller) {
        Map<Origin, HttpResponse<String>> answers = new LinkedHashMap<>();
        if (collection.isEmpty()) {
            answers.put(Origin.OWN, call(operation, Optional.empty(), "", caller));
            return answers;
        }
        String path = collection.get();
        // First what changes nothing of ours.
        Optional<String> foreign = id(caller.other(), operation, path);
        foreign.ifPresent(
                id -> answers.put(Origin.FOREIGN, call(operation, Optional.of(id), "", caller)));
        String nobodys = NOBODYS.getOrDefault(path, UUID.randomUUID().toString());
        answers.put(Origin.RANDOM, call(operation, Optional.of(nobodys), "", caller));
        answers.put(Origin.MALFORMED, call(operation, Optional.of("..%2f%20'%3B--"), "", caller));
        id(caller.tenant(), operation, path)
                .ifPresent(id ->
                        answers.put(Origin.OWN, call(operation, Optional.of(id), "", caller)));
        return answers;
    }

    /** Each text that can be asked for, as the other organisation has it. */
    private static void checkParameters(
            String operation, Optional<String> collection, Caller caller) {
        JsonArray parameters =
                contract.operation(operation).getJsonArray("parameters", new JsonArray());
        for (Object one : parameters) {
            JsonObject parameter = (JsonObject) one;
            if (!"query".equals(parameter.getString("in"))) {
                continue;
            }
            for (String value :
                    List.of(caller.other().instanceId(), caller.other().id().toString(), "1")) {
                Optional<String> id =
                        collection.map(path -> id(caller.tenant(), operation, path).orElse("none"));
                HttpResponse<String> answer =
                        call(
                                operation,
                                id,
                                "?" + parameter.getString("name") + "=" + value,
                                caller);
                // An error may say what was asked for; nothing else may know it.
                String told = answer.body().replace(value, "");
                assertThat(told)
                        .as(operation + " " + parameter.getString("name") + " " + caller.name())
                        .doesNotContain(caller.other().marker());
            }
        }
    }

    private static HttpResponse<String> call(
            String operation, Optional<String> id, String query, Caller caller) {
        requests++;
        String[] parts = operation.split(" ", 2);
        String path = id.map(value -> parts[1].replaceAll("\\{\\w+}", value)).orElse(parts[1]);
        Optional<String> body = contract.body(operation);
        ApiClient client = caller.client().get();
        return (body.isPresent() ? client.with("Content-Type", "application/json") : client)
                .send(
                        parts[0],
                        path + query,
                        body.map(HttpRequest.BodyPublishers::ofString)
                                .orElseGet(HttpRequest.BodyPublishers::noBody));
    }

    private static void checkLeaks(String what, Caller caller, HttpResponse<String> answer) {
        assertThat(answer.body()).as(what).doesNotContain(caller.other().marker());
        assertThat(answer.headers().map().toString())
                .as(what)
                .doesNotContain(caller.other().marker());
        if (caller.role() == null) {
            assertThat(answer.body()).as(what).doesNotContain(caller.tenant().marker());
        }
    }

    /** Whoever roles.csv lets in is let in, and nobody else. */
    private static void checkAccess(String operation, Caller caller, HttpResponse<String> answer) {
        String permission = contract.operation(operation).getString("x-permission");
        String what = operation + " by " + caller.name() + ": " + answer.body();
        if (permission.equals("none") || contract.isOpen(operation)) {
            return;
        }
        boolean taken =
                contract.takes(operation, caller.key() ? "key" : "session")
                        && caller.role() != null;
        if (!taken) {
            assertThat(answer.statusCode()).as(what).isEqualTo(401);
        } else if (!caller.may(permission)) {
            assertThat(answer.statusCode()).as(what).isEqualTo(403);
        } else if (answer.statusCode() == 403) {
            // Refused for what was asked, not for who asks.
            assertThat(answer.body()).as(what).containsAnyOf("above your own", "current: wrong");
        } else {
            assertThat(answer.statusCode()).as(what).isNotEqualTo(401);
        }
    }

    private static void checkSame(String what, Map<Origin, HttpResponse<String>> answers) {
        comparisons++;
        HttpResponse<String> foreign = Objects.requireNonNull(answers.get(Origin.FOREIGN));
        HttpResponse<String> nobodys = Objects.requireNonNull(answers.get(Origin.RANDOM));
        assertThat(foreign.statusCode()).as(what).isEqualTo(nobodys.statusCode());
        assertThat(foreign.body()).as(what).isEqualTo(nobodys.body());
        assertThat(foreign.headers().map()).as(what).isEqualTo(nobodys.headers().map());
        assertThat(foreign.statusCode()).as(what).isBetween(400, 499);
    }

    /** What the id of an operation's path is of: the path before it; empty if it has none. */
    private static Optional<String> collection(String operation) {
        String path = operation.substring(operation.indexOf(' ') + 1);
        int brace = path.indexOf("/{");
        return brace < 0 ? Optional.empty() : Optional.of(path.substring(0, brace));
    }

    /**
     * The last id that an owner sees listed of what the operation can be done to: what is deleted
     * then is what was made for it.
     */
    private static Optional<String> id(Tenant tenant, String operation, String collection) {
        if (!contract.operations().contains("GET " + collection)) {
            return Optional.empty();
        }
        HttpResponse<String> answer = tenant.withSession(Role.OWNER).get(collection);
        if (answer.statusCode() != 200) {
            return Optional.empty();
        }
        return new JsonObject(answer.body())
                .stream()
                        .map(Map.Entry::getValue)
                        .filter(JsonArray.class::isInstance)
                        .map(list -> (JsonArray) list)
                        .flatMap(JsonArray::stream)
                        .map(item -> (JsonObject) item)
                        .filter(item -> isFit(operation, item))
                        .reduce((earlier, later) -> later)
                        .map(item -> item.getValue("id").toString());
    }

    /** What has ended, or is decided, is refused for that, and would be so to its owner. */
    private static boolean isFit(String operation, JsonObject item) {
        return item.getValue("revokedAt") == null
                && Set.of("pending", "firing").contains(item.getString("state", "pending"))
                && (!operation.endsWith("/split") || "instance".equals(item.getString("kind")));
    }

    private static String get(Tenant tenant, String path) {
        return tenant.withSession(Role.OWNER).get(path).body();
    }

    private static String revoked(Tenant tenant) {
        String key = platform.key(tenant.id(), Role.ADMIN);
        ApiClient client = tenant.anybody().withKey(key);
        String id = key.substring("wlvk_o".length(), "wlvk_o".length() + 10);
        assertThat(client.delete("/api/v1/keys/" + id).statusCode()).isEqualTo(204);
        return key;
    }

    private static String subscription(int id, String instanceId) {
        return new JsonObject()
                .put("op", "sub")
                .put("id", id)
                .put("topic", "fleet")
                .put("filter", new JsonObject().put("servers", new JsonArray().add(instanceId)))
                .encode();
    }

    private static java.util.function.Predicate<JsonObject> snapshot(int id) {
        return message ->
                "snap".equals(message.getString("op"))
                        && Objects.equals(message.getInteger("id"), id);
    }

    /** An organisation's words stand under its own names alone; returns how many were looked at. */
    private static int checkRedis() {
        for (Tenant tenant : List.of(ours, theirs)) {
            tenant.withKey(Role.INGEST)
                    .post(
                            "/api/v1/heartbeat",
                            Tenant.beat(tenant.instanceId(), tenant.marker(), 1).encode());
            await().untilAsserted(() -> assertThat(redisNames()).containsAll(redisNames(tenant)));
        }
        List<RedisWatch.Entry> everything = redis.everything();
        for (RedisWatch.Entry entry : everything) {
            assertThat(NOBODYS_REDIS_KEYS.contains(entry.name()) || ofAnOrganisation(entry.name()))
                    .as(entry.name() + ": begins with an organisation")
                    .isTrue();
            for (Tenant tenant : List.of(ours, theirs)) {
                if (entry.name().startsWith("wolverine:" + tenant.id() + ":")) {
                    continue;
                }
                assertThat(entry.name() + " " + entry.content())
                        .doesNotContain(tenant.marker())
                        .doesNotContain(tenant.id().toString());
            }
        }
        return everything.size();
    }

    private static List<String> redisNames() {
        return redis.everything().stream().map(RedisWatch.Entry::name).toList();
    }

    /** What an organisation has there, and what was said on its channels. */
    private static List<String> redisNames(Tenant tenant) {
        String prefix = "wolverine:" + tenant.id() + ":";
        return List.of(
                prefix + "server:" + tenant.instanceId() + ":state",
                prefix + "servers:active",
                prefix + "stats:fleet",
                prefix + "pubsub:heartbeats",
                prefix + "pubsub:keys",
                prefix + "pubsub:sessions");
    }

    private static boolean ofAnOrganisation(String name) {
        return name.matches("wolverine:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:.+");
    }

    private static void report(List<Caller> callers, Set<String> withForeignId, int inRedis) {
        System.out.printf(
                "tenancy: %d operations (%d with ids of another organisation) x %d callers:"
                        + " %d requests, %d pairs of answers compared, no difference, no leak; %d keys"
                        + " and messages in Redis, each its own organisation's%n",
                contract.operations().size(),
                withForeignId.size(),
                callers.size(),
                requests,
                comparisons,
                inRedis);
    }
}
