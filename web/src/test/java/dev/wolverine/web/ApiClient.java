package dev.wolverine.web;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A caller whose every answer is checked against openapi.yaml. Immutable. */
final class ApiClient {

    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    private final TestPlatform platform;
    private final Contract contract;
    private final List<String> headers;

    ApiClient(TestPlatform platform, Contract contract) {
        this(platform, contract, List.of());
    }

    private ApiClient(TestPlatform platform, Contract contract, List<String> headers) {
        this.platform = platform;
        this.contract = contract;
        this.headers = headers;
    }

    ApiClient with(String header, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(header);
        more.add(value);
        return new ApiClient(platform, contract, List.copyOf(more));
    }

    ApiClient withKey(String key) {
        return with("Authorization", "Bearer " + key);
    }

    /** As the dashboard's page sends, once it has logged in. */
    Person logIn(String email, String password) {
        HttpResponse<String> answer =
                post(
                        "/api/v1/session",
                        new JsonObject().put("email", email).put("password", password).encode());
        if (answer.statusCode() != 200) {
            throw new AssertionError("login: " + answer.statusCode() + " " + answer.body());
        }
        return person(answer);
    }

    /** Who an answer that logs in has logged in. */
    Person person(HttpResponse<String> answer) {
        String cookie = answer.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
        String csrf = new JsonObject(answer.body()).getString("csrfToken");
        return new Person(
                with("Cookie", cookie).with("Sec-Fetch-Site", "same-origin"), cookie, csrf);
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody());
    }

    HttpResponse<String> post(String path, String json) {
        return with("Content-Type", "application/json")
                .send("POST", path, HttpRequest.BodyPublishers.ofString(json));
    }

    /** Without a body. */
    HttpResponse<String> post(String path) {
        return send("POST", path, HttpRequest.BodyPublishers.noBody());
    }

    HttpResponse<String> change(String method, String path, String json) {
        return with("Content-Type", "application/json")
                .send(method, path, HttpRequest.BodyPublishers.ofString(json));
    }

    HttpResponse<String> delete(String path) {
        return send("DELETE", path, HttpRequest.BodyPublishers.noBody());
    }

    HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(platform.uri(path))
                        .timeout(Duration.ofSeconds(20))
                        .method(method, body);
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            HttpResponse<String> answer =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            contract.check(method, answer);
            return answer;
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /**
     * @param client sends the cookie; reading needs no more
     */
    record Person(ApiClient client, String cookie, String csrf) {
        ApiClient changing() {
            return client.with("X-WLV-CSRF", csrf);
        }
    }
}
