package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.live.LiveSettings;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Where a proxy in front ends TLS, the browser is told so. */
class BehindProxyIT {

    @Test
    void theCookieIsBoundToTlsAndTheHostIsForTlsOnly() {
        try (TestPlatform platform =
                TestPlatform.start(
                        HttpSettings.of("127.0.0.1", 0, true), LiveSettings.defaults())) {
            ApiClient anybody = new ApiClient(platform, new Contract());
            HttpResponse<String> answer =
                    anybody.post(
                            "/api/v1/session",
                            new JsonObject()
                                    .put("email", platform.owner().email())
                                    .put("password", platform.owner().password())
                                    .encode());

            assertThat(answer.headers().firstValue("set-cookie").orElseThrow())
                    .startsWith("__Host-wlv=")
                    .contains("; Secure; HttpOnly; SameSite=Lax");
            assertThat(answer.headers().firstValue("strict-transport-security"))
                    .hasValue("max-age=31536000; includeSubDomains");
            String cookie = answer.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
            assertThat(anybody.with("Cookie", cookie).get("/api/v1/session").statusCode())
                    .isEqualTo(200);
            assertThat(
                            anybody.with("Cookie", cookie.replace("__Host-", ""))
                                    .get("/api/v1/session")
                                    .statusCode())
                    .isEqualTo(401);
        }
    }
}
