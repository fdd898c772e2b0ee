package dev.wolverine.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.web.http.Authenticator;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.HttpListener;
import dev.wolverine.web.http.HttpMetrics;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.session.SessionCookie;
import dev.wolverine.web.session.Sessions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dashboard's files from the class path. */
class DashboardFilesIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Vertx vertx = Vertx.vertx();
    private final BlockingCalls blocking = new BlockingCalls(8);
    private int port;

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        blocking.close();
    }

    @Test
    void pagesGetTheIndexAndAreAskedForAgain() throws Exception {
        serve("testdashboard");
        for (String page : new String[] {"/", "/login", "/servers/wlv_x", "/connect"}) {
            HttpResponse<String> answer = get("GET", page);
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            assertThat(answer.body()).contains("<title>test</title>");
            assertThat(answer.headers().firstValue("cache-control")).hasValue("no-cache");
        }
    }

    @Test
    void filesWithAHashInTheirNameNeverChange() throws Exception {
        serve("testdashboard");
        HttpResponse<String> script = get("GET", "/assets/app-3f9c.js");

        assertThat(script.body()).isEqualTo("export {};\n");
        assertThat(script.headers().firstValue("content-type"))
                .hasValue("text/javascript; charset=utf-8");
        assertThat(script.headers().firstValue("cache-control"))
                .hasValue("public, max-age=31536000, immutable");
        String etag = script.headers().firstValue("etag").orElseThrow();
        assertThat(get("GET", "/assets/app-3f9c.js", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        HttpResponse<String> head = get("HEAD", "/assets/app-3f9c.js");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void nothingOutsideOfTheFolderIsServed() throws Exception {
        serve("testdashboard");
        for (String path :
                new String[] {
                    "/missing.js",
                    "/assets/../../openapi.yaml",
                    "/%2e%2e/openapi.yaml",
                    "/..%2fopenapi.yaml",
                    "/assets/%2e%2e/%2e%2e/dev/wolverine/web/WebServer.class",
                    "/.hidden.js"
                }) {
            assertThat(get("GET", path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(get("GET", "/favicon.ico").statusCode()).isEqualTo(204);
        assertThat(get("POST", "/").statusCode()).isEqualTo(405);
    }

    @Test
    void withoutADashboardThePageSaysSo() throws Exception {
        serve("nodashboard");

        assertThat(get("GET", "/").body()).contains("dashboard was not built");
        assertThat(get("GET", "/app.js").statusCode()).isEqualTo(404);
    }

    private void serve(String root) throws Exception {
        Authenticator nobody =
                new Authenticator(
                        key -> CompletableFuture.completedFuture(Optional.empty()),
                        new Sessions(
                                new SessionStore(new HikariDataSource()),
                                new SecureRandom(),
                                Clock.systemUTC()),
                        new SessionCookie(false),
                        blocking);
        port =
                new HttpListener(
                                vertx,
                                HttpSettings.of("127.0.0.1", 0, false),
                                nobody,
                                List.of(new DashboardHandler(root, blocking).endpoint()),
                                List.of(),
                                new HttpMetrics(new SimpleMeterRegistry()),
                                new SimpleMeterRegistry())
                        .listen()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);
    }

    private HttpResponse<String> get(String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
