package dev.wolverine.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.bench.chaos.StoredTruth.StoredServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the platform's own answers are what is stored: finds what a cache makes up. */
final class ToldTruth {
    private static final int PAGE = 200;
    private static final int SAMPLES = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int port;

    ToldTruth(int port) {
        this.port = port;
    }

    /** What one organisation is told, beside what is stored of all. */
    List<String> differences(String organisation, String viewerKey, List<StoredServer> stored)
            throws IOException, InterruptedException {
        List<String> differing = new ArrayList<>();
        Map<String, StoredServer> expected = new HashMap<>();
        stored.stream()
                .filter(server -> server.organisation().equals(organisation))
                .forEach(server -> expected.put(server.id(), server));
        List<StoredServer> samples =
                expected.values().stream()
                        .sorted((a, b) -> a.id().compareTo(b.id()))
                        .limit(SAMPLES)
                        .toList();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int offset = 0, total = 1; offset < total; offset += PAGE) {
                JsonNode page =
                        get(
                                client,
                                "/api/v1/servers?sort=name&limit=%d&offset=%d"
                                        .formatted(PAGE, offset),
                                viewerKey);
                total = page.path("total").asInt();
                page.path("servers").forEach(server -> compare(server, expected, differing));
            }
            expected.keySet().forEach(id -> differing.add(id + ": is not told of"));
            for (StoredServer server : samples) {
                compareBeats(client, viewerKey, server, differing);
            }
        }
        return differing;
    }

    private static void compare(
            JsonNode told, Map<String, StoredServer> expected, List<String> differing) {
        String id = told.path("id").asText();
        StoredServer server = expected.remove(id);
        if (server == null) {
            differing.add(id + ": is told of, and not this organisation's");
            return;
        }
        long seen = Instant.parse(told.path("lastSeen").asText()).toEpochMilli();
        if (!server.wasLastSeen(seen)) {
            differing.add(
                    "%s: last seen %d (expected: %d)".formatted(id, seen, server.seenMillis()));
        }
    }

    private void compareBeats(
            HttpClient client, String key, StoredServer server, List<String> differing)
            throws IOException, InterruptedException {
        Instant now = Instant.now();
        JsonNode series =
                get(
                        client,
                        "/api/v1/servers/%s/heartbeats?from=%s&to=%s&interval=1h"
                                .formatted(
                                        server.id(),
                                        now.minus(Duration.ofDays(2)),
                                        now.plus(Duration.ofHours(1))),
                        key);
        long beats = 0;
        for (JsonNode point : series.path("points")) {
            beats += point.path("beats").asLong();
        }
        if (beats != server.beats()) {
            differing.add(
                    "%s: %d beats told (expected: %d)"
                            .formatted(server.id(), beats, server.beats()));
        }
    }

    private JsonNode get(HttpClient client, String path, String key)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(Duration.ofSeconds(20))
                                .header("Authorization", "Bearer " + key)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("%s: %d (expected: 200)".formatted(path, answer.statusCode()));
        }
        return JSON.readTree(answer.body());
    }
}
