package dev.wolverine.bench.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes a key every now and then, and remembers which the platform said were made. */
final class Administrator implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int CREATED = 201;

    private final int port;
    private final String key;
    private final List<String> made = new ArrayList<>();
    private volatile boolean stopping;

    Administrator(int port, String key) {
        this.port = port;
        this.key = key;
    }

    void stop() {
        stopping = true;
    }

    /** Ids of the keys that were made. */
    synchronized List<String> made() {
        return List.copyOf(made);
    }

    @Override
    public void run() {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            for (int number = 0; !stopping; number++) {
                make(client, number);
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void make(HttpClient client, int number) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + port + "/api/v1/keys"))
                                    .timeout(PATIENCE)
                                    .header("Authorization", "Bearer " + key)
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "{\"name\":\"chaos %d\",\"role\":\"viewer\"}"
                                                            .formatted(number)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == CREATED) {
                String id = new ObjectMapper().readTree(answer.body()).path("id").asText();
                synchronized (this) {
                    made.add(id);
                }
            }
        } catch (IOException unanswered) {
            // It may have been made, or not: nothing was promised.
        }
    }
}
