package dev.wolverine.web;

import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.web.session.Sessions;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/** An organisation full of its marker: every text that can be written holds it. */
final class Tenant {

    private final TestPlatform platform;
    private final Contract contract;
    private final UUID id;
    private final String marker;
    private final Sessions sessions;
    private final UserStore users;

    Tenant(TestPlatform platform, Contract contract, UUID id, String marker) {
        this.platform = platform;
        this.contract = contract;
        this.id = id;
        this.marker = marker;
        sessions =
                new Sessions(
                        new SessionStore(platform.database().writer()),
                        new SecureRandom(),
                        Clock.systemUTC());
        users = new UserStore(platform.database().writer());
        fill();
    }

    UUID id() {
        return id;
    }

    String marker() {
        return marker;
    }

    /** The server that has the marker in every field. */
    String instanceId() {
        return "wlv_" + marker;
    }

    String email(Role role) {
        return role.label() + "@" + marker + ".example.org";
    }

    /** A new key. */
    ApiClient withKey(Role role) {
        return anybody().withKey(platform.key(id, role));
    }

    /** A new session, as the dashboard's page would use it. */
    ApiClient withSession(Role role) {
        Sessions.Opened opened =
                sessions.open(
                        users.find(email(role)).orElseThrow(),
                        new LoginOrigin("192.0.2.1", "agent " + marker));
        return anybody()
                .with("Cookie", "wlv=" + opened.token())
                .with("X-WLV-CSRF", opened.session().csrfToken())
                .with("Sec-Fetch-Site", "same-origin");
    }

    ApiClient anybody() {
        return new ApiClient(platform, contract);
    }

    static JsonObject beat(String instanceId, String text, int memoryMb) {
        JsonObject beat = Beats.beat(instanceId, System.currentTimeMillis(), memoryMb);
        beat.getJsonObject("server").put("name", "name " + text);
        beat.getJsonObject("routes").getJsonObject("slowest").put("path", "/" + text);
        return beat.put("version", "5.2.1-" + text);
    }

    private void fill() {
        // What sorts last in each list is there to be deleted.
        for (Role role : Role.values()) {
            if (role != Role.INGEST) {
                addUser(email(role), role);
            }
        }
        addUser("zz-victim@" + marker + ".example.org", Role.VIEWER);
        ApiClient admin = withKey(Role.ADMIN);
        ApiClient ingest = withKey(Role.INGEST);
        ingest.post("/api/v1/heartbeat", beat(instanceId(), marker, 100).encode());
        for (int i = 0; i < 8; i++) {
            // Can be replayed by who names an instance.
            ingest.post("/api/v1/heartbeat", beat("", marker, i).encode());
        }
        for (int i = 0; i < 2; i++) {
            ingest.post(
                    "/api/v1/heartbeat",
                    new JsonObject().put("instanceId", instanceId()).put(marker, i).encode());
            admin.post(
                    "/api/v1/invitations",
                    new JsonObject()
                            .put("email", "guest" + i + "@" + marker + ".example.org")
                            .put("role", "viewer")
                            .encode());
        }
        for (int i = 0; i < 8; i++) {
            admin.post(
                    "/api/v1/keys",
                    new JsonObject().put("name", marker).put("role", "viewer").encode());
        }
        for (int i = 0; i < 4; i++) {
            admin.post(
                    "/api/v1/channels",
                    """
                    {"name":"channel %d %s","kind":"webhook","settings":{"url":"http://127.0.0.1:1/%s"}}
                    """
                            .formatted(i, marker, marker));
        }
        for (int i = 0; i < 8; i++) {
            admin.post("/api/v1/views", new JsonObject().put("name", marker).encode());
        }
        platform.instanceKey(id, "wlv_bound" + marker);
        for (int i = 0; i < 12; i++) {
            admin.post(
                    "/api/v1/budgets",
                    new JsonObject().put("name", marker + i).put("limitMicros", i).encode());
        }
        fillEnrolment(admin);
        fillAlerts(admin);
        collide(ingest);
        withSession(Role.OWNER);
    }

    private void fillEnrolment(ApiClient admin) {
        admin.post("/api/v1/enrolment/tokens", new JsonObject().put("name", marker).encode());
        admin.post("/api/v1/enrolment/window");
        for (int i = 0; i < 2; i++) {
            anybody()
                    .post(
                            "/api/v1/register",
                            new JsonObject()
                                    .put("instanceId", "wlv_waiting" + i + marker)
                                    .put("name", "waiting " + marker)
                                    .encode());
        }
        admin.delete("/api/v1/enrolment/window");
    }

    private void fillAlerts(ApiClient admin) {
        admin.get("/api/v1/rules");
        for (int i = 0; i < 10; i++) {
            SampleAlert.insert(platform, id, "alert of " + marker);
            JsonObject silence =
                    new JsonObject()
                            .put("matchers", new JsonObject().put("tag", marker))
                            .put("reason", "because of " + marker)
                            .put("endsAt", Instant.now().plusSeconds(86_400).toString());
            admin.post("/api/v1/silences", silence.encode());
            admin.post("/api/v1/maintenance", silence.encode());
        }
    }

    /** Two runners beat in turn on one instance id. */
    private void collide(ApiClient ingest) {
        String shared = "wlv_shared" + marker;
        for (int i = 0; i < 8; i++) {
            JsonObject beat = beat(shared, marker, 1);
            beat.put("timestamp", beat.getLong("timestamp") - 8_000 + i * 1_000L);
            beat.getJsonObject("server")
                    .put("uptime", i % 2 == 0 ? 100_000 : 200)
                    .put("pid", i % 2);
            ingest.post("/api/v1/heartbeat", beat.encode());
        }
    }

    private void addUser(String email, Role role) {
        platform.execute(
                """
                WITH made AS (INSERT INTO users (email, password_hash) VALUES ('%s', 'none') RETURNING id)
                INSERT INTO memberships (org_id, user_id, role) SELECT '%s', id, '%s' FROM made
                """
                        .formatted(email, id, role.label()));
    }

    @Override
    public String toString() {
        return marker;
    }
}
