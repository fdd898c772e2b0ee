package dev.wolverine.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What real clients of every generation were seen to send. */
final class CapturedRequests {

    static final List<String> FILES =
            List.of(
                    "crashloop-child",
                    "failing-repairs",
                    "healthy",
                    "lean-pre1.1",
                    "leak",
                    "offline-drain",
                    "register",
                    "v0.1.0",
                    "v1.6.0");

    private static final ObjectMapper JSON = new ObjectMapper();

    private CapturedRequests() {}

    /** The bodies of all heartbeats of a capture, in the order in which they came. */
    static List<JsonNode> heartbeats(String file) {
        List<JsonNode> bodies = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        CapturedRequests.class.getResourceAsStream(
                                                "/heartbeats/" + file + ".ndjson")),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode request = JSON.readTree(line);
                if (request.get("path").asText().endsWith("/heartbeat")) {
                    bodies.add(request.get("body"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bodies;
    }

    static byte[] bytes(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
