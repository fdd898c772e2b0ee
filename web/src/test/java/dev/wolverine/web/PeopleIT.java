package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.AuditLog;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Invitations, roles, passwords and sessions over a real server and a real PostgreSQL. */
class PeopleIT {

    private static final String PASSWORD = "correct horse battery";

    private static TestPlatform platform;
    private static Contract contract;
    private static ApiClient anybody;
    private static ApiClient.Person owner;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        contract = new Contract();
        anybody = new ApiClient(platform, contract);
        owner = anybody.logIn(platform.owner().email(), platform.owner().password());
    }

    @AfterAll
    static void everyOperationWasCalledAndIsInAChainThatHolds() {
        assertThat(new AuditLog(platform.database().writer()).verify(platform.organisation()))
                .isInstanceOf(AuditVerdict.Intact.class);
        platform.close();
        Set<String> missing = new TreeSet<>(contract.operations("people"));
        missing.addAll(contract.operations("session"));
        missing.removeAll(contract.called());
        assertThat(missing).isEmpty();
    }

    @Test
    void anInvitationWorksOnce() {
        JsonObject made = invite("new@example.org", "operator");
        String token = token(made);
        assertThat(invitations()).contains("new@example.org");

        JsonObject link = json(anybody.post("/api/v1/links/open", wish(token)), 200);
        assertThat(link.getString("purpose")).isEqualTo("invitation");
        assertThat(link.getString("role")).isEqualTo("operator");
        assertThat(link.getString("organisation")).isEqualTo("default");
        assertThat(use(token, "too short").statusCode()).isEqualTo(400);
        assertThat(
                        anybody.with("Sec-Fetch-Site", "cross-site")
                                .post("/api/v1/links/use", wish(token, PASSWORD))
                                .statusCode())
                .isEqualTo(403);

        HttpResponse<String> joined = use(token, PASSWORD);
        assertThat(json(joined, 200).getJsonObject("user").getString("role")).isEqualTo("operator");
        ApiClient.Person person = anybody.person(joined);
        assertThat(person.client().get("/api/v1/servers").statusCode()).isEqualTo(200);
        assertThat(person.client().get("/api/v1/users").statusCode()).isEqualTo(403);

        assertThat(use(token, PASSWORD).statusCode()).isEqualTo(404);
        assertThat(anybody.post("/api/v1/links/open", wish(token)).statusCode()).isEqualTo(404);
        assertThat(invitations()).doesNotContain("new@example.org");
        assertThat(audit()).contains("user.invite", "user.join", "new@example.org");
        assertThat(audit()).doesNotContain(token).doesNotContain(PASSWORD);
    }

    @Test
    void theFirstOwnerMayChooseAPassword() {
        String token = platform.owner().linkPath().substring("/link#".length());

        JsonObject link = json(anybody.post("/api/v1/links/open", wish(token)), 200);

        assertThat(link.getString("purpose")).isEqualTo("password");
        assertThat(link.getString("email")).isEqualTo(platform.owner().email());
        assertThat(link.getString("role")).isEqualTo("owner");
    }

    @Test
    void anInvitationCanBeTakenBackAndASecondReplacesTheFirst() {
        String first = token(invite("twice@example.org", "viewer"));
        JsonObject second = invite("Twice@Example.org", "viewer");
        assertThat(use(first, PASSWORD).statusCode()).isEqualTo(404);

        String path = "/api/v1/invitations/" + second.getString("id");
        assertThat(owner.changing().delete(path).statusCode()).isEqualTo(204);
        assertThat(owner.changing().delete(path).statusCode()).isEqualTo(404);
        assertThat(use(token(second), PASSWORD).statusCode()).isEqualTo(404);
    }

    @Test
    void anInvitationEnds() {
        String token = token(invite("late@example.org", "viewer"));
        platform.execute("UPDATE links SET expires_at = now() WHERE email = 'late@example.org'");

        assertThat(use(token, PASSWORD).statusCode()).isEqualTo(404);
    }

    @Test
    void anAddressHasOneAccount() {
        join("taken@example.org", "viewer");
        assertThat(use(token(invite("taken@example.org", "admin")), PASSWORD).statusCode())
                .isEqualTo(409);
        assertThat(user("taken@example.org").getString("role")).isEqualTo("viewer");
    }

    @Test
    void nobodyGivesOrTakesWhatIsAboveThem() {
        ApiClient.Person admin = join("admin@example.org", "admin");
        ApiClient ofAdmin = admin.changing();
        String self = "/api/v1/users/" + user("admin@example.org").getString("id");
        String ofOwner = "/api/v1/users/" + user(platform.owner().email()).getString("id");

        for (HttpResponse<String> refused :
                List.of(
                        ofAdmin.post("/api/v1/invitations", invitation("x@example.org", "owner")),
                        ofAdmin.change("PATCH", self, "{\"role\":\"owner\"}"),
                        ofAdmin.change("PATCH", ofOwner, "{\"role\":\"viewer\"}"),
                        ofAdmin.change("PATCH", ofOwner, "{\"disabled\":true}"),
                        ofAdmin.post(ofOwner + "/password-link", ""),
                        ofAdmin.delete(ofOwner + "/sessions"))) {
            assertThat(json(refused, 403).getString("detail")).startsWith("role: above your own");
        }
        assertThat(
                        ofAdmin.post("/api/v1/invitations", invitation("x@example.org", "admin"))
                                .statusCode())
                .isEqualTo(201);
    }

    @Test
    void anOrganisationKeepsAnOwner() {
        String path = "/api/v1/users/" + user(platform.owner().email()).getString("id");
        for (String wish : List.of("{\"role\":\"admin\"}", "{\"disabled\":true}")) {
            HttpResponse<String> refused = owner.changing().change("PATCH", path, wish);
            assertThat(json(refused, 409).getString("detail")).contains("last owner");
        }
    }

    @Test
    void anotherRoleEndsTheSessionsAndCountsAtTheNextLogin() {
        ApiClient.Person person = join("promoted@example.org", "viewer");
        LiveClient socket =
                LiveClient.connect(
                        platform,
                        "Cookie",
                        person.cookie(),
                        "Origin",
                        "http://127.0.0.1:" + platform.port());
        socket.await("hello");
        String path = "/api/v1/users/" + user("promoted@example.org").getString("id");

        JsonObject changed =
                json(owner.changing().change("PATCH", path, "{\"role\":\"auditor\"}"), 200);

        assertThat(changed.getString("role")).isEqualTo("auditor");
        assertThat(socket.awaitClose()).isEqualTo(1008);
        assertThat(person.client().get("/api/v1/servers").statusCode()).isEqualTo(401);
        ApiClient.Person again = anybody.logIn("promoted@example.org", PASSWORD);
        assertThat(again.client().get("/api/v1/audit").statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsDisabledIsOutAtOnceAndIsLetInAgain() {
        ApiClient.Person person = join("leaver@example.org", "admin");
        String path = "/api/v1/users/" + user("leaver@example.org").getString("id");
        String link = token(json(owner.changing().post(path + "/password-link", ""), 201));

        assertThat(
                        json(owner.changing().change("PATCH", path, "{\"disabled\":true}"), 200)
                                .getString("disabledAt"))
                .isNotNull();

        assertThat(person.client().get("/api/v1/users").statusCode()).isEqualTo(401);
        assertThat(use(link, PASSWORD).statusCode()).isEqualTo(404);
        assertThat(owner.changing().post(path + "/password-link", "").statusCode()).isEqualTo(409);
        assertThat(logIn("leaver@example.org", PASSWORD).statusCode()).isEqualTo(401);
        owner.changing().change("PATCH", path, "{\"disabled\":false}");
        assertThat(logIn("leaver@example.org", PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void aForgottenPasswordIsSetByALink() {
        ApiClient.Person person = join("forgetful@example.org", "viewer");
        String path = "/api/v1/users/" + user("forgetful@example.org").getString("id");
        String token = token(json(owner.changing().post(path + "/password-link", ""), 201));
        assertThat(person.client().get("/api/v1/servers").statusCode()).isEqualTo(200);

        assertThat(json(anybody.post("/api/v1/links/open", wish(token)), 200).getString("purpose"))
                .isEqualTo("password");
        assertThat(use(token, "another password").statusCode()).isEqualTo(200);

        assertThat(person.client().get("/api/v1/servers").statusCode()).isEqualTo(401);
        assertThat(logIn("forgetful@example.org", PASSWORD).statusCode()).isEqualTo(401);
        assertThat(logIn("forgetful@example.org", "another password").statusCode()).isEqualTo(200);
        assertThat(use(token, PASSWORD).statusCode()).isEqualTo(404);
    }

    @Test
    void aPersonChangesTheirPasswordAndOtherSessionsEnd() {
        ApiClient.Person here = join("careful@example.org", "viewer");
        ApiClient.Person there = anybody.logIn("careful@example.org", PASSWORD);
        String path = "/api/v1/session/password";

        assertThat(here.changing().change("PUT", path, passwords("wrong", "new password 1")))
                .extracting(HttpResponse::statusCode)
                .isEqualTo(403);
        assertThat(here.changing().change("PUT", path, passwords(PASSWORD, "short")).statusCode())
                .isEqualTo(400);
        assertThat(
                        here.changing()
                                .change("PUT", path, passwords(PASSWORD, "new password 1"))
                                .statusCode())
                .isEqualTo(204);

        assertThat(here.client().get("/api/v1/session").statusCode()).isEqualTo(200);
        assertThat(there.client().get("/api/v1/session").statusCode()).isEqualTo(401);
        assertThat(logIn("careful@example.org", "new password 1").statusCode()).isEqualTo(200);
    }

    @Test
    void guessingTheOldPasswordIsSlowedDown() {
        ApiClient.Person person = join("guessed@example.org", "viewer");
        String guess = passwords("wrong", "new password 1");
        for (int i = 0; i < 5; i++) {
            assertThat(person.changing().change("PUT", "/api/v1/session/password", guess))
                    .extracting(HttpResponse::statusCode)
                    .isEqualTo(403);
        }
        assertThat(person.changing().change("PUT", "/api/v1/session/password", guess))
                .extracting(HttpResponse::statusCode)
                .isEqualTo(429);
    }

    @Test
    void sessionsAreSeenAndEndedByTheirOwnerAlone() {
        ApiClient.Person here = join("tidy@example.org", "viewer");
        ApiClient.Person there =
                anybody.with("User-Agent", "phone").logIn("tidy@example.org", PASSWORD);

        JsonObject other =
                json(here.client().get("/api/v1/sessions"), 200).getJsonArray("sessions").stream()
                        .map(JsonObject.class::cast)
                        .filter(session -> !session.getBoolean("current"))
                        .findFirst()
                        .orElseThrow();
        assertThat(other.getString("agent")).isEqualTo("phone");
        assertThat(other.getString("address")).isEqualTo("127.0.0.1");

        String path = "/api/v1/sessions/" + other.getString("id");
        assertThat(owner.changing().delete(path).statusCode()).isEqualTo(404);
        assertThat(here.changing().delete(path).statusCode()).isEqualTo(204);
        assertThat(there.client().get("/api/v1/session").statusCode()).isEqualTo(401);
        assertThat(here.client().get("/api/v1/session").statusCode()).isEqualTo(200);
        assertThat(here.changing().delete(path).statusCode()).isEqualTo(404);

        String all = "/api/v1/users/" + user("tidy@example.org").getString("id") + "/sessions";
        assertThat(owner.changing().delete(all).statusCode()).isEqualTo(204);
        assertThat(here.client().get("/api/v1/session").statusCode()).isEqualTo(401);
    }

    @Test
    void loginsAreInTheAuditLogWhetherTheySucceedOrNot() {
        ApiClient.Person person = join("watched@example.org", "viewer");
        logIn("watched@example.org", "wrong");
        assertThat(person.changing().delete("/api/v1/session").statusCode()).isEqualTo(204);

        await().untilAsserted(() ->
                assertThat(
                                records().stream()
                                        .filter(record ->
                                                record.getString("target")
                                                        .equals("watched@example.org"))
                                        .map(record -> record.getString("action")))
                        .contains("session.begin", "session.refuse"));
        logIn("nobody-at-all@example.org", "wrong");
        assertThat(audit()).doesNotContain("nobody-at-all");
    }

    @Test
    void wrongWishesAreExplained() {
        ApiClient changing = owner.changing();
        String somebody = "/api/v1/users/" + user(platform.owner().email()).getString("id");
        assertThat(detail(changing.post("/api/v1/invitations", invitation("nobody", "viewer"))))
                .isEqualTo("email: not usable (expected: an address, name@host)");
        assertThat(detail(changing.post("/api/v1/invitations", invitation("a@b", "ingest"))))
                .isEqualTo("role: unknown (expected: owner, admin, operator, viewer or auditor)");
        assertThat(detail(changing.change("PATCH", somebody, "{}")))
                .isEqualTo("role, disabled: both or none (expected: one of them)");
        for (String id : List.of(UUID.randomUUID().toString(), "x", "1-1-1-1-1")) {
            assertThat(
                            changing.change("PATCH", "/api/v1/users/" + id, "{\"disabled\":true}")
                                    .statusCode())
                    .isEqualTo(404);
        }
        assertThat(owner.client().post("/api/v1/invitations", invitation("a@b", "viewer")))
                .as("without the CSRF token")
                .extracting(HttpResponse::statusCode)
                .isEqualTo(403);
        assertThat(anybody.withKey(platform.key(Role.ADMIN)).get("/api/v1/sessions").statusCode())
                .isEqualTo(401);
    }

    private static ApiClient.Person join(String email, String role) {
        HttpResponse<String> joined = use(token(invite(email, role)), PASSWORD);
        assertThat(joined.statusCode()).as(joined.body()).isEqualTo(200);
        return anybody.person(joined);
    }

    private static JsonObject invite(String email, String role) {
        return json(owner.changing().post("/api/v1/invitations", invitation(email, role)), 201);
    }

    private static String token(JsonObject made) {
        assertThat(made.getString("path")).startsWith("/link#");
        return made.getString("path").substring("/link#".length());
    }

    private static HttpResponse<String> use(String token, String password) {
        return anybody.post("/api/v1/links/use", wish(token, password));
    }

    private static HttpResponse<String> logIn(String email, String password) {
        return anybody.post(
                "/api/v1/session",
                new JsonObject().put("email", email).put("password", password).encode());
    }

    private static JsonObject user(String email) {
        return json(owner.client().get("/api/v1/users"), 200).getJsonArray("users").stream()
                .map(JsonObject.class::cast)
                .filter(user -> user.getString("email").equals(email))
                .findFirst()
                .orElseThrow();
    }

    private static String invitations() {
        return owner.client().get("/api/v1/invitations").body();
    }

    private static String audit() {
        return owner.client().get("/api/v1/audit/export").body();
    }

    private static List<JsonObject> records() {
        return audit().lines().map(JsonObject::new).toList();
    }

    private static String invitation(String email, String role) {
        return new JsonObject().put("email", email).put("role", role).encode();
    }

    private static String wish(String token) {
        return new JsonObject().put("token", token).encode();
    }

    private static String wish(String token, String password) {
        return new JsonObject().put("token", token).put("password", password).encode();
    }

    private static String passwords(String current, String password) {
        return new JsonObject().put("current", current).put("password", password).encode();
    }

    private static String detail(HttpResponse<String> answer) {
        return json(answer, 400).getString("detail");
    }

    private static JsonObject json(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new JsonObject(answer.body());
    }
}
